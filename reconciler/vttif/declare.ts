import type { TrafficEntry } from '../../schema/generated/types.js';
import { type Pair, pairName } from '../model/pair.js';
import type { VttifParameters } from '../model/snapshot.js';
import { applicationsOf } from './applications.js';
import { type Demand, estimate, type NamedRate } from './estimate.js';
import { occasionalPairs } from './occasional.js';
import { prune } from './prune.js';
import { type SmoothedRate, smooth } from './smooth.js';
import type { Declaration, VttifState } from './state.js';

export interface DeclareOptions {
  nowMs: number;
  windowMs: number;
  windowOf: ((pair: Pair) => number) | undefined;
  parameters: VttifParameters;
  saturated: (rates: readonly NamedRate[]) => ReadonlySet<string>;
  silent: ReadonlySet<string>;
  /** Rates as far as they can be believed, and what VMs on silent hosts are presumed to send. */
  completed: (rates: readonly SmoothedRate[]) => readonly SmoothedRate[];
}

/** So many windows back, pairs that have talked belong to an application that is held back. */
const recentWindows = 3;

/** What is declared when a change has persisted. `smoothed`: the matrix now. */
export function declare(state: VttifState, smoothed: readonly SmoothedRate[], options: DeclareOptions): Declaration {
  const { nowMs, windowMs, windowOf, saturated } = options;
  const { pruneThreshold } = options.parameters;
  const rates = ratesSince(state, smoothed, options);
  const { demands } = estimate(state.pairs, rates, saturated(rates), { nowMs, windowMs });
  const whole = held(demands, state, nowMs, windowOf);
  const seen = new Map(rates.map((rate) => [pairName(rate), rate]));
  const topology = prune(whole, pruneThreshold);
  const recent = smooth({ hosts: state.hosts, windowStartMs: null }, nowMs, recentWindows * windowMs).rates;
  const entries = [...topology, ...occasionalPairs(topology, recent)];
  return {
    atMs: nowMs,
    demands: entries
      .map((entry) => stated(entry, seen.get(pairName(entry))))
      .filter(({ rateMbps }) => rateMbps > 0)
      .sort((a, b) => (pairName(a) < pairName(b) ? -1 : 1)),
    applications: applicationsOf(whole, pruneThreshold),
  };
}

/**
 * Rates over the time since the change was first seen: hosts do not all read their counters at once, so the windows of some still
 * reach back into the time before. Where a longer window takes whole periods of phases, it stays whole.
 */
function ratesSince(
  { hosts, windowStartMs, deviatingSinceMs }: VttifState,
  smoothed: readonly SmoothedRate[],
  { nowMs, windowMs, windowOf = () => windowMs, silent, completed }: DeclareOptions,
): SmoothedRate[] {
  const startMs = Math.max(windowStartMs ?? nowMs, deviatingSinceMs ?? nowMs);
  const isLonger = (pair: Pair) => windowOf(pair) > nowMs - startMs;
  const since = completed(smooth({ hosts, windowStartMs: startMs }, nowMs, windowMs, windowOf, silent).rates);
  return [...since.filter((rate) => !isLonger(rate)), ...smoothed.filter(isLonger)];
}

/** Demands as they were declared, for pairs whose window has not been filled since the last disturbance. */
export function held(
  demands: readonly Demand[],
  { declared, windowStartMs }: VttifState,
  nowMs: number,
  windowOf: ((pair: Pair) => number) | undefined,
): readonly (TrafficEntry & { seenMbps?: number })[] {
  if (windowOf === undefined) return demands;
  const isOpen = (pair: Pair) => windowOf(pair) > nowMs - (windowStartMs ?? nowMs);
  return [...demands.filter((entry) => !isOpen(entry)), ...(declared?.demands ?? []).filter(isOpen)];
}

/** Rates to three decimals, with how much they vary. What was declared before has no rate that was seen. */
function stated(entry: TrafficEntry, seen: SmoothedRate | undefined): TrafficEntry {
  const { network, source, destination, origin } = entry;
  const rounded = { network, source, destination, rateMbps: thousandths(entry.rateMbps), origin };
  if (seen === undefined || seen.variance === null) return rounded;
  // A demand that is raised above what is seen is as uncertain in proportion.
  return { ...rounded, deviationMbps: thousandths((Math.sqrt(seen.variance) * entry.rateMbps) / seen.rateMbps) };
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
