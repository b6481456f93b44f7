import type { Pair } from '../model/pair.js';
import { addAverages } from './averages.js';
import { pairsNamed, sortedPlaces } from './names.js';
import { indexOf, withPairs } from './pair-index.js';
import { listed, type Rates, RatesBuilder, type SmoothedRate } from './rates.js';
import { dropBefore, inWindow, type Span, spansOf } from './spans.js';
import type { HostReadings, VttifState } from './state.js';

type Seen = Pick<VttifState, 'hosts' | 'windowStartMs' | 'pairs'>;

/** A host that is silent for longer than this many windows has no traffic; until then its last rates are held. */
const heldWindows = 3;

/**
 * The global traffic matrix after the low-pass filter, by host of the source, then by pair.
 *
 * Average rate of each pair over the sliding window that ends with each host's newest reading, summed over hosts: a VM that moved
 * is counted in parts. Before a window is full the average is over what it covers. A host that is not heard is stale, not idle: its
 * last window is held. After a disturbance the matrix does not count as filled until the host is heard again, unless it is known
 * to be `silent`. `windowOf`: the length of a pair's window, if it is not the same for all.
 *
 * `seenMs`: for how long the window has gone on, once every host that counts has been heard in it; 0 before.
 */
export function smoothed(
  { hosts, windowStartMs, pairs }: Seen,
  nowMs: number,
  windowMs: number,
  windowOf?: (pair: Pair) => number,
  silent: ReadonlySet<string> = noHosts,
): { rates: Rates; seenMs: number } {
  const lists = hosts.map((host) => host.pairs);
  const names = withPairs(pairs.names, lists);
  const index = indexOf(names);
  const sums = new RatesBuilder(
    names,
    lists.reduce((sum, { length }) => sum + length, 0),
  );
  let seenMs = windowStartMs === null ? 0 : nowMs - windowStartMs;
  for (const host of hosts) {
    const spans = spansOf(host);
    if (isGivenUp(spans, nowMs, windowMs)) continue;
    const fresh = spans.filter(({ fromMs }) => windowStartMs === null || fromMs >= windowStartMs);
    if (fresh.length === 0 && silent.has(host.host)) continue;
    if (fresh.length === 0) seenMs = 0;
    const used = fresh.length > 0 ? fresh : spans;
    for (const [lengthMs, places] of byWindow(host, windowMs, windowOf)) {
      addAverages(sums, index.rowsOf(host.pairs), host, {
        spans: inWindow(used, lengthMs),
        places,
        windowMs: lengthMs,
      });
    }
  }
  return { rates: sums.rates(), seenMs };
}

/** `smoothed` as a list. `filled`: whether a whole window has been seen. */
export function smooth(...seen: Parameters<typeof smoothed>): { rates: SmoothedRate[]; filled: boolean } {
  const { rates, seenMs } = smoothed(...seen);
  return { rates: listed(rates), filled: seenMs >= seen[2] };
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
): Map<number, readonly number[]> {
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
