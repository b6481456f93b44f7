/** About a rate, those that count as the same. */
export interface Gathering {
  centre: number;
  reach: number;
}

const rounds = 6;
const least = 6;
const narrowest = 0.005;
/** Times the median distance of those above. */
const reachOfNoise = 2.2;

/**
 * Where rates gather that nothing has slowed down, starting from a guess. Errors of timestamps are alike on both sides, cross traffic
 * only makes a record slower: so how far the noise reaches is told from what lies above, and what lies farther below is left out.
 */
export function unslowed(rates: number[], guess: Gathering): Gathering {
  let { centre, reach } = guess;
  for (let round = 0; round < rounds; round += 1) {
    const above = rates.filter((rate) => rate > centre && rate <= centre + reach);
    if (above.length < least) break;
    const noise = (above[above.length >> 1] as number) - centre;
    const next = Math.max(narrowest * centre, reachOfNoise * noise);
    const near = rates.filter((rate) => Math.abs(rate - centre) <= next);
    if (near.length < least) break;
    reach = next;
    centre = near.reduce((sum, rate) => sum + rate, 0) / near.length;
  }
  return { centre, reach };
}
