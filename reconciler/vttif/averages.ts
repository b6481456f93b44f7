import { bytesToMbps } from '../model/counters.js';
import type { RatesBuilder } from './rates.js';
import { bytesSent, type Span } from './spans.js';
import type { HostReadings } from './state.js';

export interface Averaged {
  /** Those that reach into the window. */
  spans: readonly Span[];
  /** Of the host's pairs. */
  places: readonly number[];
  windowMs: number;
}

/**
 * Adds what the pairs at `places` of a host sent on average to `sums`. Each span counts for as long as it lies in the window.
 * @param rows of the host's pairs
 */
export function addAverages(
  sums: RatesBuilder,
  rows: Int32Array,
  host: HostReadings,
  { spans, places, windowMs }: Averaged,
): void {
  const beginMs = (spans.at(-1)?.toMs ?? 0) - windowMs;
  const weights = spans.map(({ fromMs, toMs }) => toMs - Math.max(fromMs, beginMs));
  const coveredMs = weights.reduce((sum, weight) => sum + weight, 0);
  // Effective number of samples behind the average.
  const count = coveredMs ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0);
  const moments = new Moments(host.pairs.length);
  for (const [index, span] of spans.entries()) moments.add(host, span, places, weights[index] ?? 0);
  for (const place of places) {
    const sum = moments.sums[place] ?? 0;
    if (sum === 0) continue;
    const mean = sum / coveredMs;
    const spread = Math.max(0, (moments.squares[place] ?? 0) / coveredMs - mean * mean);
    sums.add(rows[place] ?? 0, mean, count > 1.5 ? spread / (count - 1) : Number.NaN);
  }
}

/** Weighted sums of rates and of their squares, by place. */
class Moments {
  readonly sums: Float64Array;
  readonly squares: Float64Array;

  constructor(length: number) {
    this.sums = new Float64Array(length);
    this.squares = new Float64Array(length);
  }

  add({ readings }: HostReadings, { fromMs, toMs, later }: Span, places: readonly number[], weight: number): void {
    const { sums, squares } = this;
    const durationMs = toMs - fromMs;
    const sentAt = bytesSent(readings, later);
    for (const place of places) {
      const bytes = sentAt(place);
      if (bytes === 0) continue;
      const rate = bytesToMbps(bytes, durationMs);
      sums[place] = (sums[place] ?? 0) + weight * rate;
      squares[place] = (squares[place] ?? 0) + weight * rate * rate;
    }
  }
}
