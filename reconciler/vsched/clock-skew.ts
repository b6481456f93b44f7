/** What is known of the clocks of hosts, in microseconds. */
export interface HostClocks {
  /** By how much the clock of `to` is ahead of that of `from`; null if that is not known. */
  between(from: string, to: string): { leastUs: number; mostUs: number } | null;
  /** By how much a host takes its own clock to be ahead of the common one; null if that is not known. */
  taken(host: string): number | null;
}

/** How far apart periods that are to begin at once begin on any two of these hosts, at most, in microseconds; null if that is not known. */
export function gangSkewUs(hosts: readonly string[], clocks: HostClocks): number | null {
  let skewUs = 0;
  for (const [place, from] of hosts.entries()) {
    for (const to of hosts.slice(place + 1)) {
      const range = clocks.between(from, to);
      const [here, there] = [clocks.taken(from), clocks.taken(to)];
      if (range === null || here === null || there === null) return null;
      const takenUs = there - here;
      skewUs = Math.max(skewUs, takenUs - range.leastUs, range.mostUs - takenUs);
    }
  }
  return skewUs;
}
