import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws from a seed. */
export interface Draw {
  /** From 0 to below 1. */
  share(): number;
  /** Both ends included. */
  whole(from: number, to: number): number;
  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T;
}

export function drawFrom(seed: number): Draw {
  const random = xoroshiro128plus(seed);
  const whole = (from: number, to: number) => uniformInt(random, from, to);
  return { share: () => uniformFloat64(random), whole, of: (list) => list[whole(0, list.length - 1)] as never };
}
