import { bytesToMbps } from '../model/counters.js';
import { type Pair, type PairRate, pairName } from '../model/pair.js';
import { pairsNamed, sortedPlaces } from './names.js';
import { bytesSent, dropBefore, inWindow, type Span, spansOf } from './spans.js';
import type { HostReadings, VttifState } from './state.js';

/** One entry of the matrix after the low-pass filter. */
export interface SmoothedRate extends PairRate {
  /** Variance of the average, in (Mb/s)²; null when one reading is all there is. */
  variance: number | null;
}

/** The global traffic matrix after the low-pass filter. */
export interface Smoothed {
  /** By host of the source, then by pair. */
  rates: SmoothedRate[];
  /** Whether a whole window has been seen since it began, on every host that counts. */
  filled: boolean;
}

/** A host that is silent for longer than this many windows has no traffic; until then its last rates are held. */
const heldWindows = 3;

/**
 * Average rate of each pair over the sliding window that ends with each host's newest reading, summed over hosts: a VM that moved
 * is counted in parts. Before a window is full the average is over what it covers. A host that falls silent is stale, not idle:
 * its last window is held, also across a disturbance, after which the matrix does not count as filled until the host is heard
 * again or given up. `windowOf`: the length of a pair's window, if it is not the same for all.
 */
export function smooth(
  state: Pick<VttifState, 'hosts' | 'windowStartMs'>,
  nowMs: number,
  windowMs: number,
  windowOf?: (pair: Pair) => number,
): Smoothed {
  const start = state.windowStartMs;
  const sums = new Map<string, SmoothedRate>();
  let filled = start !== null && nowMs - start >= windowMs;
  for (const host of state.hosts) {
    const spans = spansOf(host);
    if (isGivenUp(spans, nowMs, windowMs)) continue;
    const fresh = spans.filter(({ fromMs }) => start === null || fromMs >= start);
    if (fresh.length === 0) filled = false;
    const used = fresh.length > 0 ? fresh : spans;
    for (const [lengthMs, places] of byWindow(host, windowMs, windowOf)) {
      addAverages(sums, host, inWindow(used, lengthMs), places, lengthMs);
    }
  }
  return { rates: [...sums.values()], filled };
}

/** How long readings are kept: `historyMs`, or the window if that is longer. */
export interface Keeping {
  nowMs: number;
  windowMs: number;
  historyMs: number;
}

/** Drops readings that nothing will reach again. */
export function forget(hosts: readonly HostReadings[], { nowMs, windowMs, historyMs }: Keeping): HostReadings[] {
  return hosts.map((host) => {
    const spans = spansOf(host);
    if (isGivenUp(spans, nowMs, windowMs))
      return { ...host, readings: dropBefore(host.readings, host.readings.length - 1) };
    const oldest = inWindow(spans, Math.max(windowMs, historyMs))[0];
    return oldest === undefined || oldest.later === 1
      ? host
      : { ...host, readings: dropBefore(host.readings, oldest.later - 1) };
  });
}

function isGivenUp(spans: readonly Span[], nowMs: number, windowMs: number): boolean {
  const newest = spans.at(-1);
  return newest === undefined || nowMs - newest.toMs > heldWindows * windowMs;
}

/** Positions of a host's pairs, sorted, by the length of their window. */
function byWindow(
  { pairs }: HostReadings,
  windowMs: number,
  windowOf: ((pair: Pair) => number) | undefined,
): Map<number, number[]> {
  const places = sortedPlaces(pairs);
  if (windowOf === undefined) return new Map([[windowMs, places]]);
  const named = pairsNamed(pairs);
  const groups = new Map<number, number[]>();
  for (const place of places) {
    const pair = named[place];
    const lengthMs = pair ? windowOf(pair) : windowMs;
    const group = groups.get(lengthMs);
    if (group) group.push(place);
    else groups.set(lengthMs, [place]);
  }
  return groups;
}

/** Each span counts for as long as it lies in the window. */
function addAverages(
  sums: Map<string, SmoothedRate>,
  { pairs, readings }: HostReadings,
  spans: readonly Span[],
  places: readonly number[],
  windowMs: number,
): void {
  const beginMs = (spans.at(-1)?.toMs ?? 0) - windowMs;
  const weights = spans.map(({ fromMs, toMs }) => toMs - Math.max(fromMs, beginMs));
  const durations = spans.map(({ fromMs, toMs }) => toMs - fromMs);
  const coveredMs = weights.reduce((sum, weight) => sum + weight, 0);
  // Effective number of samples behind the average.
  const count = coveredMs ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0);
  const named = pairsNamed(pairs);
  for (const place of places) {
    let [sum, squares] = [0, 0];
    spans.forEach(({ later }, index) => {
      const rate = bytesToMbps(bytesSent(readings, later, place), durations[index] ?? 1);
      const weight = weights[index] ?? 0;
      sum += weight * rate;
      squares += weight * rate * rate;
    });
    const pair = named[place];
    if (sum === 0 || pair === undefined) continue;
    const mean = sum / coveredMs;
    const spread = Math.max(0, squares / coveredMs - mean * mean);
    const variance = count > 1.5 ? spread / (count - 1) : null;
    add(sums, pairs[place] ?? pairName(pair), pair, mean, variance);
  }
}

function add(
  sums: Map<string, SmoothedRate>,
  name: string,
  { network, source, destination }: Pair,
  rateMbps: number,
  variance: number | null,
): void {
  const known = sums.get(name);
  if (known === undefined) {
    sums.set(name, { network, source, destination, rateMbps, variance });
    return;
  }
  known.rateMbps += rateMbps;
  known.variance = known.variance === null || variance === null ? null : known.variance + variance;
}
