/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Which rule decides on a frame. schema/forwarding.ts says the same in TypeScript. */
#ifndef VIRTUOSO_RANK_BPF_H
#define VIRTUOSO_RANK_BPF_H

#include "liveness.bpf.h"

#define BIT(class) (1U << (class))
#define BY_SOURCE                                                                                                      \
  (BIT(RULE_ADDRESS_ADDRESS) | BIT(RULE_ADDRESS_NOT) | BIT(RULE_ADDRESS_ANY) | BIT(RULE_ADDRESS_NONE) |                \
   BIT(RULE_ADDRESS_GROUP))
#define BY_DESTINATION (BIT(RULE_ADDRESS_ADDRESS) | BIT(RULE_NOT_ADDRESS) | BIT(RULE_ANY_ADDRESS))
#define NOT_SOURCE (BIT(RULE_NOT_ADDRESS) | BIT(RULE_NOT_ANY))
#define NOT_DESTINATION (BIT(RULE_ADDRESS_NOT) | BIT(RULE_ANY_NOT))
#define OF_ANY_SOURCE (BIT(RULE_ANY_ADDRESS) | BIT(RULE_ANY_NOT) | BIT(RULE_ANY_ANY) | BIT(RULE_ANY_GROUP))

static __always_inline struct action *output_of(void *rules, __u32 list, __u16 index)
{
  struct frame_key key = {.table = RULE_FLOOD_OUTPUT << CLASS_SHIFT | list};
  *(__u16 *)key.source = index;
  return bpf_map_lookup_elem(rules, &key);
}

static __always_inline int links_of_list_are_up(void *rules, __u32 list)
{
  for (__u16 index = 0; index < FLOOD_MAX; index++) {
    struct action *output = output_of(rules, list, index);
    if (!output)
      return 1;
    if (output->kind == ACTION_LINK && !is_up(output->target))
      return 0;
  }
  return 1;
}

/* Of a rule that names a source. */
static __always_inline int is_carried(void *rules, struct action *action, const __u32 class)
{
  if (class == RULE_ADDRESS_GROUP && action->kind == ACTION_FLOOD)
    return links_of_list_are_up(rules, action->target);
  return action->kind != ACTION_LINK || is_up(action->target);
}

/* The rule of one class that matches, or 0. A frame for which a link is down is marked. */
static __always_inline struct action *rule_of(void *rules, __u32 classes, struct frame *frame, const __u32 class)
{
  const int named = !(OF_ANY_SOURCE & BIT(class));
  if (!(classes & BIT(class)) || (named && frame->star))
    return 0;
  struct frame_key key = {.table = class << CLASS_SHIFT | frame->key.table};
  if (BY_SOURCE & BIT(class))
    copy_mac(key.source, frame->key.source);
  if (BY_DESTINATION & BIT(class))
    copy_mac(key.destination, frame->key.destination);
  struct action *action = bpf_map_lookup_elem(rules, &key);
  if (!action)
    return 0;
  if (NOT_SOURCE & BIT(class) && same_mac(action->excluded, frame->key.source))
    return 0;
  if (NOT_DESTINATION & BIT(class) && same_mac(action->excluded, frame->key.destination))
    return 0;
  if (!named || is_carried(rules, action, class))
    return action;
  frame->star = 1;
  return 0;
}

#define TRY(class)                                                                                                     \
  do {                                                                                                                 \
    struct action *action = rule_of(rules, classes, frame, class);                                                     \
    if (action)                                                                                                        \
      return action;                                                                                                   \
  } while (0)

/* The matching rule of the best rank. Group frames match group rules only. */
static __always_inline struct action *match(void *rules, __u32 classes, struct frame *frame)
{
  if (frame->key.destination[0] & 1) {
    TRY(RULE_ADDRESS_GROUP);
    return rule_of(rules, classes, frame, RULE_ANY_GROUP);
  }
  TRY(RULE_ADDRESS_ADDRESS);
  TRY(RULE_NOT_ADDRESS);
  TRY(RULE_ADDRESS_NOT);
  TRY(RULE_ANY_ADDRESS);
  TRY(RULE_ADDRESS_ANY);
  TRY(RULE_ANY_NOT);
  TRY(RULE_NOT_ANY);
  TRY(RULE_ADDRESS_NONE);
  return rule_of(rules, classes, frame, RULE_ANY_ANY);
}

static __always_inline int is_member(void *rules, __u32 vni, const __u8 *mac)
{
  struct frame_key key = {.table = RULE_MEMBER << CLASS_SHIFT | vni};
  copy_mac(key.destination, mac);
  return bpf_map_lookup_elem(rules, &key) != 0;
}

#endif
