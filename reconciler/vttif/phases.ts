import { bytesToMbps } from '../model/counters.js';
import { type Pair, pairName } from '../model/pair.js';
import { type Component, components } from './components.js';
import { periodOf } from './period.js';
import { prune } from './prune.js';
import { type SmoothedRate, smooth } from './smooth.js';
import { bytesSent, type Span, spansOf } from './spans.js';
import type { HostReadings, Phase, VttifState } from './state.js';

export interface PhaseOptions {
  nowMs: number;
  windowMs: number;
  samplingIntervalMs: number;
  historyMs: number;
  pruneThreshold: number;
}

/** So many of a component's heaviest pairs are looked at one by one, beside their sum: phases may differ in who talks to whom. */
const seriesOfPairs = 8;

/**
 * Groups of VMs that are connected by what they send in the long run and whose traffic repeats. Groups that do not are left out,
 * as are periods that are shorter than two samples or longer than the history allows to tell.
 */
export function findPhases(state: VttifState, options: PhaseOptions): Phase[] {
  const { nowMs, historyMs, pruneThreshold } = options;
  const { rates } = smooth({ hosts: state.hosts, windowStartMs: null }, nowMs, historyMs);
  const places = placesOf(state.hosts);
  const known = periodsByVm(state.phases);
  return components(prune(rates, pruneThreshold)).flatMap((component) => {
    const { network, vms } = component;
    const series = seriesOf(component, places, options);
    const expectedMs = known.get(`${network} ${vms[0]}`);
    const period = periodOf(series, expectedMs ? expectedMs / options.samplingIntervalMs : null);
    return period === null ? [] : [{ network, vms, periodMs: Math.round(period * options.samplingIntervalMs) }];
  });
}

/** By `network address`. */
export function periodsByVm(phases: readonly Phase[]): Map<string, number> {
  return new Map(
    phases.flatMap(({ network, vms, periodMs }) => vms.map((vm): [string, number] => [`${network} ${vm}`, periodMs])),
  );
}

/** Length of each pair's window: the smallest number of whole periods that is not shorter than `windowMs`. */
export function windowsOf(phases: readonly Phase[], windowMs: number): ((pair: Pair) => number) | undefined {
  if (phases.length === 0) return undefined;
  const periods = periodsByVm(phases);
  return ({ network, source }) => {
    const periodMs = periods.get(`${network} ${source}`);
    return periodMs === undefined ? windowMs : Math.ceil(windowMs / periodMs) * periodMs;
  };
}

interface Counted {
  host: HostReadings;
  spans: Span[];
  place: number;
}

/** Where each pair is counted. */
function placesOf(hosts: readonly HostReadings[]): Map<string, Counted[]> {
  const places = new Map<string, Counted[]>();
  for (const host of hosts) {
    const spans = spansOf(host);
    if (spans.length === 0) continue;
    host.pairs.forEach((name, place) => {
      const counted = places.get(name);
      if (counted) counted.push({ host, spans, place });
      else places.set(name, [{ host, spans, place }]);
    });
  }
  return places;
}

/** Rates of a component in all and of its heaviest pairs, one value a sampling interval, as far back as all hosts go. */
function seriesOf(
  { entries }: Component<SmoothedRate>,
  places: Map<string, Counted[]>,
  { samplingIntervalMs, historyMs }: PhaseOptions,
): number[][] {
  const counted = entries.map((entry) => places.get(pairName(entry)) ?? []);
  const spans = counted.flat().map((each) => each.spans);
  const endMs = Math.min(...spans.map((each) => each.at(-1)?.toMs ?? 0));
  const beginMs = Math.max(endMs - historyMs, ...spans.map((each) => each[0]?.fromMs ?? 0));
  const length = Math.max(0, Math.floor((endMs - beginMs) / samplingIntervalMs));
  const grid = { beginMs: endMs - length * samplingIntervalMs, stepMs: samplingIntervalMs, length };
  const each = counted.map((parts) => ratesOn(grid, parts));
  const heaviest = entries
    .map(({ rateMbps }, index) => ({ rateMbps, index }))
    .sort((a, b) => b.rateMbps - a.rateMbps)
    .slice(0, seriesOfPairs);
  const total = Array.from({ length }, (_, slot) => each.reduce((sum, rates) => sum + (rates[slot] ?? 0), 0));
  return [total, ...heaviest.map(({ index }) => [...(each[index] ?? [])])];
}

interface Grid {
  beginMs: number;
  stepMs: number;
  length: number;
}

/** What was sent in each interval of a grid, in Mb/s; a span is spread evenly over the intervals that it covers. */
function ratesOn({ beginMs, stepMs, length }: Grid, parts: readonly Counted[]): Float64Array {
  const rates = new Float64Array(length);
  for (const { host, spans, place } of parts) {
    for (const { fromMs, toMs, later } of spans) {
      const bytes = bytesSent(host.readings, later, place);
      if (bytes === 0 || toMs <= beginMs) continue;
      const rate = bytesToMbps(bytes, toMs - fromMs);
      const last = Math.min(length - 1, Math.ceil((toMs - beginMs) / stepMs) - 1);
      for (let slot = Math.max(0, Math.floor((fromMs - beginMs) / stepMs)); slot <= last; slot++) {
        const slotMs = beginMs + slot * stepMs;
        const sharedMs = Math.min(toMs, slotMs + stepMs) - Math.max(fromMs, slotMs);
        rates[slot] = (rates[slot] ?? 0) + (rate * sharedMs) / stepMs;
      }
    }
  }
  return rates;
}
