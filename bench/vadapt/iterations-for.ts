/** What a run took, in seconds. */
export type Take = (iterations: number) => Promise<number>;

/** Shorter differences are not trusted. */
const leastShare = 1 / 15;

/**
 * How many iterations take so long on this machine, told by two shorter runs of which one takes clearly longer: what a run takes
 * besides its iterations is taken off.
 */
export async function iterationsFor(seconds: number, take: Take, first = 1000): Promise<number> {
  const least = await take(first);
  for (let iterations = 8 * first; ; iterations *= 8) {
    const taken = await take(iterations);
    if (taken - least < leastShare * seconds) continue;
    const each = (taken - least) / (iterations - first);
    return Math.max(first, Math.floor(iterations + (0.97 * seconds - taken) / each));
  }
}
