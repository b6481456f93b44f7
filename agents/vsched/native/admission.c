// SPDX-License-Identifier: Apache-2.0
#include "admission.h"

#include <string.h>

typedef unsigned __int128 u128;

enum { LIMBS = ADMISSION_MOST + 2 };

/* A natural number, least significant limb first. */
struct natural {
  uint64_t limbs[LIMBS];
};

static void multiply(struct natural *a, uint64_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < LIMBS; i++) {
    const u128 product = (u128)a->limbs[i] * factor + carry;
    a->limbs[i] = (uint64_t)product;
    carry = (uint64_t)(product >> 64);
  }
}

static void add(struct natural *a, const struct natural *b) {
  uint64_t carry = 0;
  for (int i = 0; i < LIMBS; i++) {
    const u128 sum = (u128)a->limbs[i] + b->limbs[i] + carry;
    a->limbs[i] = (uint64_t)sum;
    carry = (uint64_t)(sum >> 64);
  }
}

static bool at_most(const struct natural *a, const struct natural *b) {
  for (int i = LIMBS - 1; i >= 0; i--)
    if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i];
  return true;
}

/* The sum as one fraction. A limb a task is enough for its denominator. */
static bool fits_exactly(int count, const int64_t *slices_us, const int64_t *periods_us, uint32_t reserve_ppm) {
  struct natural numerator = {{0}}, denominator = {{1}};
  for (int i = 0; i < count; i++) {
    struct natural share = denominator;
    multiply(&share, (uint64_t)slices_us[i]);
    multiply(&numerator, (uint64_t)periods_us[i]);
    add(&numerator, &share);
    multiply(&denominator, (uint64_t)periods_us[i]);
  }
  multiply(&numerator, PPM);
  multiply(&denominator, PPM - reserve_ppm);
  return at_most(&numerator, &denominator);
}

bool admission_fits(int count, const int64_t *slices_us, const int64_t *periods_us, uint32_t reserve_ppm) {
  const u128 one = (u128)1 << 62;
  u128 least = 0, most = 0; // bounds of the sum, in 2^-62
  for (int i = 0; i < count; i++) {
    const u128 share = (u128)slices_us[i] << 62;
    least += share / (u128)periods_us[i];
    most += (share + (u128)periods_us[i] - 1) / (u128)periods_us[i];
  }
  const u128 room = one * (PPM - reserve_ppm);
  if (most * PPM <= room) return true;
  if (least * PPM > room) return false;
  return fits_exactly(count, slices_us, periods_us, reserve_ppm);
}
