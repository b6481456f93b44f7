import { bytesToMbps } from '../model/counters.js';
import type { Pair, PairRate } from '../model/pair.js';
import { pairsNamed, sortedPlaces, sourcesOf } from './names.js';
import { bytesSent, dropBefore, inWindow, type Span, spansOf } from './spans.js';
import type { HostReadings, VttifState } from './state.js';

/** One entry of the matrix after the low-pass filter. */
export interface SmoothedRate extends PairRate {
  /** By `pairName`. */
  name: string;
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
 * is counted in parts. Before a window is full the average is over what it covers. A host that is not heard is stale, not idle: its
 * last window is held. After a disturbance the matrix does not count as filled until the host is heard again, unless it is known
 * to be `silent`. `windowOf`: the length of a pair's window, if it is not the same for all.
 */
export function smooth(
  state: Pick<VttifState, 'hosts' | 'windowStartMs'>,
  nowMs: number,
  windowMs: number,
  windowOf?: (pair: Pair) => number,
  silent: ReadonlySet<string> = noHosts,
): Smoothed {
  const start = state.windowStartMs;
  const sums = new Sums(state.hosts);
  let filled = start !== null && nowMs - start >= windowMs;
  for (const host of state.hosts) {
    const spans = spansOf(host);
    if (isGivenUp(spans, nowMs, windowMs)) continue;
    const fresh = spans.filter(({ fromMs }) => start === null || fromMs >= start);
    if (fresh.length === 0 && silent.has(host.host)) continue;
    if (fresh.length === 0) filled = false;
    const used = fresh.length > 0 ? fresh : spans;
    for (const [lengthMs, places] of byWindow(host, windowMs, windowOf)) {
      addAverages(sums.of(host), host, inWindow(used, lengthMs), places, lengthMs);
    }
  }
  return { rates: sums.rates, filled };
}

const noHosts: ReadonlySet<string> = new Set();

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

type Add = (place: number, rateMbps: number, variance: number | null) => void;

/** Each span counts for as long as it lies in the window. */
function addAverages(
  add: Add,
  { readings }: HostReadings,
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
  const totals = spans.map(({ later }) => [readings[later - 1]?.bytes ?? [], readings[later]?.bytes ?? []] as const);
  for (const place of places) {
    let sum = 0;
    let squares = 0;
    for (let index = 0; index < spans.length; index++) {
      const before = totals[index]?.[0][place] ?? -1;
      const now = totals[index]?.[1][place] ?? -1;
      const isPlain = before >= 0 && now >= before;
      const bytes = isPlain ? now - before : bytesSent(readings, spans[index]?.later ?? 0, place);
      if (bytes === 0) continue;
      const rate = bytesToMbps(bytes, durations[index] ?? 1);
      const weight = weights[index] ?? 0;
      sum += weight * rate;
      squares += weight * rate * rate;
    }
    if (sum === 0) continue;
    const mean = sum / coveredMs;
    const spread = Math.max(0, squares / coveredMs - mean * mean);
    add(place, mean, count > 1.5 ? spread / (count - 1) : null);
  }
}

/** Adds up what several hosts have counted of a pair, because its source moved. Most sources are on one host only. */
class Sums {
  readonly rates: SmoothedRate[] = [];
  readonly #shared = new Set<string>();
  readonly #known = new Map<string, SmoothedRate>();

  constructor(hosts: readonly HostReadings[]) {
    const seen = new Set<string>();
    for (const { pairs } of hosts) {
      for (const source of sourcesOf(pairs).sources) {
        if (seen.has(source)) this.#shared.add(source);
        else seen.add(source);
      }
    }
  }

  of({ pairs }: HostReadings): Add {
    const named = pairsNamed(pairs);
    const { sources, at } = sourcesOf(pairs);
    const isShared = sources.map((source) => this.#shared.has(source));
    return (place, rateMbps, variance) => {
      const pair = named[place];
      if (pair === undefined) return;
      const { network, source, destination } = pair;
      const rate = { name: pairs[place] ?? '', network, source, destination, rateMbps, variance };
      if (isShared[at[place] ?? 0]) this.#merge(rate);
      else this.rates.push(rate);
    };
  }

  #merge(rate: SmoothedRate): void {
    const known = this.#known.get(rate.name);
    if (known === undefined) {
      this.#known.set(rate.name, rate);
      this.rates.push(rate);
      return;
    }
    known.rateMbps += rate.rateMbps;
    known.variance = known.variance === null || rate.variance === null ? null : known.variance + rate.variance;
  }
}
