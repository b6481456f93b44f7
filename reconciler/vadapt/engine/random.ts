import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

const toUnit = 2 ** -32;

/** Uniform in [0, 1), in steps of 2^-32: one draw, where the library's own take two and allocate. */
export function unit(random: RandomGenerator): number {
  return (random.next() >>> 0) * toUnit;
}

/** Uniform among 0 .. count - 1. */
export function below(random: RandomGenerator, count: number): number {
  return Math.floor(unit(random) * count);
}
