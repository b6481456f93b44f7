/** Estimates of one path from windows that do not overlap, oldest first. A plain value. */
export interface Scatter {
  /** Of the newest. */
  atMs: number;
  mbps: readonly number[];
}

export const noScatter: Scatter = { atMs: Number.NEGATIVE_INFINITY, mbps: [] };

/** What an estimate looks back on. */
const windowMs = 5000;
const most = 12;
/** Fewer differences tell a step from scatter by chance. */
const leastDifferences = 4;
/** Of a difference of two normal variables, its absolute value's median is so much of one's standard deviation. */
const medianShare = 0.6745 * Math.SQRT2;

/** With another estimate, unless its window overlaps the newest one's. */
export function scattered(scatter: Scatter, atMs: number, mbps: number): Scatter {
  return atMs - scatter.atMs < windowMs ? scatter : { atMs, mbps: [...scatter.mbps, mbps].slice(-most) };
}

/**
 * Standard deviation of estimates from one window to the next: others that come and go make a path give something else each time,
 * of which one window shows only a part. Told from the median of successive differences, of which a step is only one.
 */
export function scatterMbps({ mbps }: Scatter): number {
  const differences = mbps.slice(1).map((each, i) => Math.abs(each - (mbps[i] ?? 0)));
  if (differences.length < leastDifferences) return 0;
  differences.sort((a, b) => a - b);
  const [low, high] = [(differences.length - 1) >> 1, differences.length >> 1];
  return ((differences[low] ?? 0) + (differences[high] ?? 0)) / 2 / medianShare;
}
