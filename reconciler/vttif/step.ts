import type { Traffic, TrafficEntry } from '../../schema/generated/types.js';
import type { PairRate } from '../model/pair.js';
import type { VttifParameters } from '../model/snapshot.js';
import { detect } from './detect.js';
import { estimate } from './estimate.js';
import { smoothingInterval } from './interval.js';
import { prune } from './prune.js';
import { forget, smooth } from './smooth.js';
import type { VttifState } from './state.js';

export interface StepOptions {
  nowMs: number;
  parameters: VttifParameters;
  /** Upper bound on the time that VNET needs to change its topology; see `changeBoundMs`. */
  boundMs: number;
  /** Names of the pairs, of these with their smoothed rates, whose paths cross a saturated resource. */
  saturated: (rates: readonly PairRate[]) => ReadonlySet<string>;
}

/** How long a pair may be quiet before what is known of it is forgotten. */
const memoryMs = 600_000;

/** Advances VTTIF to `nowMs`; to be called about once a sampling interval. `declared`: the application topology has changed. */
export function step(state: VttifState, options: StepOptions): { state: VttifState; declared: boolean } {
  const { nowMs, parameters, boundMs, saturated } = options;
  const windowMs = smoothingInterval(parameters, boundMs);
  const hosts = forget(state.hosts, nowMs, windowMs);
  const { rates, filled } = smooth(state, nowMs, windowMs);
  if (!filled) {
    return { state: { ...state, hosts, smoothingIntervalMs: windowMs, deviatingSinceMs: null }, declared: false };
  }
  const { pairs, demands } = estimate(state.pairs, rates, saturated(rates), { nowMs, windowMs, memoryMs });
  const topology = prune(demands, parameters.pruneThreshold);
  const { deviatingSinceMs, isDeclared } = detect(state, topology, { nowMs, windowMs, ...parameters });
  const declared = isDeclared ? { atMs: nowMs, demands: rounded(topology) } : state.declared;
  return {
    state: { ...state, hosts, pairs, declared, deviatingSinceMs, smoothingIntervalMs: windowMs },
    declared: isDeclared,
  };
}

/** The global traffic matrix as last declared. */
export function traffic(state: VttifState): Traffic {
  return {
    declaredAtMs: state.declared?.atMs ?? null,
    smoothingIntervalMs: state.smoothingIntervalMs,
    demands: state.declared?.demands ?? [],
  };
}

/** Rates to three decimals, by pair; what rounds to nothing is left out. */
function rounded(topology: readonly TrafficEntry[]): TrafficEntry[] {
  return topology
    .map((entry) => ({ ...entry, rateMbps: Math.round(entry.rateMbps * 1000) / 1000 }))
    .filter(({ rateMbps }) => rateMbps > 0);
}
