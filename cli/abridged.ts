/** The first of many lines, and a last one that says how to see the rest. */
export function abridged(lines: readonly string[], limit: number, what: string): string[] {
  const hidden = lines.length - limit;
  if (hidden <= 0) return [...lines];
  return [...lines.slice(0, limit), `  ... and ${hidden} more ${what}: -o json has all.`];
}

const collator = new Intl.Collator('en', { numeric: true });

/** Order of names in which vm-2 comes before vm-10. */
export const byNumber = (a: string, b: string): number => collator.compare(a, b);

/** A time as people read it. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = ms / 60_000;
  if (minutes < 120) return `${minutes.toFixed(0)} min`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(0)} h` : `${(minutes / 1440).toFixed(0)} days`;
}

/** A rate with as many digits as it deserves. */
export function rate(mbps: number): string {
  return mbps.toFixed(mbps < 100 ? 1 : 0);
}
