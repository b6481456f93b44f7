/** What a run took, in seconds. */
export type Take = (iterations: number) => Promise<number>;

/** Shorter differences are not trusted. */
const leastShare = 1 / 15;

/**
 * How many iterations take so long on this machine, told by shorter runs: first by two of which one takes clearly longer, then by one of
 * about a third of the time, for more iterations may be shared among threads that fewer are not worth.
 */
export async function iterationsFor(seconds: number, take: Take, first = 1000): Promise<number> {
  const least = await take(first);
  const guess = (iterations: number, taken: number) => {
    const each = Math.max(taken - least, 1e-3) / (iterations - first);
    return Math.max(first, Math.floor(iterations + (0.97 * seconds - taken) / each));
  };
  for (let iterations = 8 * first; ; iterations *= 8) {
    const taken = await take(iterations);
    if (taken - least < leastShare * seconds) continue;
    const third = Math.floor(guess(iterations, taken) / 3);
    return third > iterations ? guess(third, await take(third)) : guess(iterations, taken);
  }
}
