/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random numbers: splitmix64 (Steele, Lea, Flood, 2014). */
#ifndef VIRTUOSO_LAB_RANDOM_H
#define VIRTUOSO_LAB_RANDOM_H

#include <stdint.h>

struct random {
  uint64_t state;
};

static inline uint64_t random_bits(struct random *random) {
  uint64_t mixed = random->state += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

/* In [0, 1). */
static inline double random_unit(struct random *random) { return (double)(random_bits(random) >> 11) * 0x1p-53; }

/* A source of its own for purpose `number` of one seed: what one purpose draws does not move the others. */
static inline struct random random_for(uint64_t seed, uint64_t number) {
  struct random mixed = {.state = seed * 0x2545f4914f6cdd1du + number};
  return (struct random){.state = random_bits(&mixed)};
}

#endif
