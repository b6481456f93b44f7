import type { TrafficEntry } from '../../schema/generated/types.js';
import { type Pair, pairName } from '../model/pair.js';
import type { VttifParameters } from '../model/snapshot.js';
import { applicationsOf } from './applications.js';
import { estimate, listedDemands } from './estimate.js';
import { held } from './held.js';
import { occasionalPairs } from './occasional.js';
import { prune } from './prune.js';
import { listed, type Rates, ratesOf, type SmoothedRate } from './rates.js';
import { smooth, smoothed } from './smooth.js';
import type { Declaration, VttifState } from './state.js';

export interface DeclareOptions {
  nowMs: number;
  windowMs: number;
  windowOf: ((pair: Pair) => number) | undefined;
  parameters: VttifParameters;
  /** By row: 1 for pairs that are held back. */
  saturated: (rates: Rates) => Uint8Array;
  silent: ReadonlySet<string>;
  /** Rates as far as they can be believed, and what VMs on silent hosts are presumed to send. */
  completed: (rates: Rates) => Rates;
}

/** So many windows back, pairs that have talked belong to an application that is held back. */
const recentWindows = 3;

/** What is declared when a change has persisted. `now`: the matrix now. */
export function declare(state: VttifState, now: Rates, options: DeclareOptions): Declaration {
  const { nowMs, windowMs, windowOf, saturated } = options;
  const { pruneThreshold } = options.parameters;
  const rates = ratesSince(state, now, options);
  const { demands } = estimate(state.pairs, rates, saturated(rates), { nowMs, windowMs });
  const whole = listedDemands(held(demands, state, nowMs, windowOf));
  const seen = new Map(listed(rates).map((rate) => [rate.name, rate]));
  const topology = prune(whole, pruneThreshold);
  const recent = smooth({ ...state, windowStartMs: null }, nowMs, recentWindows * windowMs).rates;
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
  state: VttifState,
  now: Rates,
  { nowMs, windowMs, windowOf = () => windowMs, silent, completed }: DeclareOptions,
): Rates {
  const startMs = Math.max(state.windowStartMs ?? nowMs, state.deviatingSinceMs ?? nowMs);
  const since = completed(smoothed({ ...state, windowStartMs: startMs }, nowMs, windowMs, windowOf, silent).rates);
  const isLonger = (pair: Pair) => windowOf(pair) > nowMs - startMs;
  const entries = [...listed(since).filter((rate) => !isLonger(rate)), ...listed(now).filter(isLonger)];
  return ratesOf(entries, state.pairs.names);
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
