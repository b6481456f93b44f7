/**
 * A number in [0, 1) that depends on nothing but its arguments, of which whole numbers matter modulo 2^32: randomness that is the
 * same whoever asks, when, and how often.
 */
export function uniformAt(...keys: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash = Math.imul(hash ^ (key | 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** The same, standard normal. */
export function normalAt(...keys: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(...keys, 1)));
  return radius * Math.cos(2 * Math.PI * uniformAt(...keys, 2));
}

/** The same, exponential with mean 1. */
export function exponentialAt(...keys: readonly number[]): number {
  return -Math.log(1 - uniformAt(...keys));
}
