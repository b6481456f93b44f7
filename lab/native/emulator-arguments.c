// SPDX-License-Identifier: Apache-2.0
#include "emulator-arguments.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum hop_word { RATE, QUEUE, LATENCY, JITTER, LOSS, CROSS, CROSS_RATE, CROSS_THEN, CROSS_PEAK, CROSS_ON, CROSS_PERIOD, CROSS_BYTES };

static char *const hop_words[] = {
    [RATE] = "rate-mbps",
    [QUEUE] = "queue-ms",
    [LATENCY] = "latency-ms",
    [JITTER] = "jitter-ms",
    [LOSS] = "loss",
    [CROSS] = "cross",
    [CROSS_RATE] = "cross-mbps",
    [CROSS_THEN] = "cross-then-mbps",
    [CROSS_PEAK] = "cross-peak-mbps",
    [CROSS_ON] = "cross-on-ms",
    [CROSS_PERIOD] = "cross-period-ms",
    [CROSS_BYTES] = "cross-bytes",
    NULL,
};

static const struct {
  double least, most;
} hop_ranges[] = {
    [RATE] = {0.01, 40000}, [QUEUE] = {0, 10000},         [LATENCY] = {0, 10000},      [JITTER] = {0, 10000},
    [LOSS] = {0, 1},        [CROSS_RATE] = {0, 40000},    [CROSS_THEN] = {0, 40000},   [CROSS_PEAK] = {0, 40000},
    [CROSS_ON] = {1, 1e6},  [CROSS_PERIOD] = {1, 1e9},    [CROSS_BYTES] = {20, 65535},
};

static const char *const cross_kinds[] = {
    [CROSS_NONE] = "none", [CROSS_CONSTANT] = "constant", [CROSS_POISSON] = "poisson", [CROSS_ON_OFF] = "on-off", [CROSS_STEP] = "step",
};
enum { CROSS_KINDS = sizeof cross_kinds / sizeof cross_kinds[0], TWO_PACKETS = 3000 };

static bool fails(char why[WHY_SIZE], const char *what, const char *value) {
  snprintf(why, WHY_SIZE, "%s%s%s", what, value == NULL ? "" : ": ", value == NULL ? "" : value);
  return false;
}

static bool number_between(const char *text, double least, double most, double *value) {
  char *end;
  if (text == NULL) return false;
  *value = strtod(text, &end);
  return end != text && *end == '\0' && *value >= least && *value <= most;
}

static bool cross_kind_parse(const char *text, enum cross_kind *kind) {
  for (int i = 0; text != NULL && i < CROSS_KINDS; i++)
    if (strcmp(text, cross_kinds[i]) == 0) {
      *kind = (enum cross_kind)i;
      return true;
    }
  return false;
}

static bool is_whole(const struct hop_settings *hop) {
  const struct cross_settings *cross = &hop->cross;
  switch (cross->kind) {
    case CROSS_NONE:
      return true;
    case CROSS_CONSTANT:
    case CROSS_POISSON:
      return cross->mbps > 0;
    case CROSS_ON_OFF:
      return cross->mbps > 0 && cross->peak_mbps > cross->mbps && cross->on_ms > 0;
    case CROSS_STEP:
      return cross->mbps + cross->then_mbps > 0 && cross->period_ms > 0;
  }
  return false;
}

/* One hop: words with `=` and a value, separated by commas. */
static bool hop_parse(char *text, struct hop_settings *hop, char why[WHY_SIZE]) {
  double queue_ms = 50;
  double numbers[CROSS_BYTES + 1] = {[CROSS_BYTES] = 1500};
  *hop = (struct hop_settings){.cross.kind = CROSS_NONE};
  while (*text != '\0') {
    char *value, *begin = text;
    const int word = getsubopt(&text, hop_words, &value);
    if (word < 0) return fails(why, "a hop has no such word", begin);
    const bool taken = word == CROSS ? cross_kind_parse(value, &hop->cross.kind)
                                     : number_between(value, hop_ranges[word].least, hop_ranges[word].most,
                                                      word == QUEUE ? &queue_ms : &numbers[word]);
    if (!taken) return fails(why, "a hop cannot have this value", begin);
  }
  if (numbers[RATE] == 0) return fails(why, "a hop needs rate-mbps", NULL);
  hop->rate_mbps = numbers[RATE];
  hop->queue_bytes = fmax(queue_ms * hop->rate_mbps * 125, TWO_PACKETS);
  hop->latency_ns = numbers[LATENCY] * 1e6;
  hop->jitter_ns = numbers[JITTER] * 1e6;
  hop->loss = numbers[LOSS];
  hop->cross.mbps = numbers[CROSS_RATE];
  hop->cross.then_mbps = numbers[CROSS_THEN];
  hop->cross.peak_mbps = numbers[CROSS_PEAK];
  hop->cross.on_ms = numbers[CROSS_ON];
  hop->cross.period_ms = numbers[CROSS_PERIOD];
  hop->cross.bytes = (unsigned)numbers[CROSS_BYTES];
  return is_whole(hop) || fails(why, "the cross traffic of a hop lacks a rate or a time", NULL);
}

static bool way_parse(char *text, struct way_settings *way, char why[WHY_SIZE]) {
  if (way->hop_count == HOPS_MAX) return fails(why, "a way has at most 4 hops", NULL);
  return hop_parse(text, &way->hops[way->hop_count++], why);
}

static struct tap_place place_parse(char *text) {
  char *colon = strrchr(text, ':');
  if (colon == NULL) return (struct tap_place){.device = text};
  *colon = '\0';
  return (struct tap_place){.namespace = text, .device = colon + 1};
}

static const struct option options[] = {
    {"a", required_argument, NULL, 'a'},    {"b", required_argument, NULL, 'b'},       {"there", required_argument, NULL, 't'},
    {"back", required_argument, NULL, 'k'}, {"seed", required_argument, NULL, 's'},    {"log", required_argument, NULL, 'l'},
    {"log-ms", required_argument, NULL, 'm'}, {"spin-us", required_argument, NULL, 'u'}, {"priority", required_argument, NULL, 'p'},
    {NULL, 0, NULL, 0},
};

static bool option_parse(int option, char *value, struct emulator_arguments *arguments, char why[WHY_SIZE]) {
  double number = 0;
  switch (option) {
    case 'a':
    case 'b':
      arguments->ends[option - 'a'] = place_parse(value);
      return true;
    case 't':
    case 'k':
      return way_parse(value, &arguments->ways[option == 'k'], why);
    case 'l':
      arguments->log = value;
      return true;
    case 's':
      if (!number_between(value, 0, 0x1p53, &number)) return fails(why, "--seed is a number from 0", value);
      arguments->seed = (uint64_t)number;
      return true;
    case 'm':
      if (!number_between(value, 1, 10000, &number)) return fails(why, "--log-ms is a number, 1 to 10000", value);
      arguments->log_ns = number * 1e6;
      return true;
    case 'u':
      if (!number_between(value, 0, 10000, &number)) return fails(why, "--spin-us is a number, 0 to 10000", value);
      arguments->spin_ns = number * 1e3;
      return true;
    case 'p':
      if (!number_between(value, 0, 99, &number)) return fails(why, "--priority is a number, 0 to 99", value);
      arguments->priority = (int)number;
      return true;
    default:
      return fails(why, "an option is unknown or lacks its value", NULL);
  }
}

bool emulator_arguments_parse(int count, char **words, struct emulator_arguments *arguments, char why[WHY_SIZE]) {
  *arguments = (struct emulator_arguments){.log_ns = 50e6};
  opterr = 0;
  for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;)
    if (!option_parse(option, optarg, arguments, why)) return false;
  if (optind != count) return fails(why, "there is nothing beside options", words[optind]);
  for (int i = 0; i < 2; i++)
    if (arguments->ends[i].device == NULL || arguments->ways[i].hop_count == 0)
      return fails(why, "--a, --b, --there and --back are needed", NULL);
  return true;
}
