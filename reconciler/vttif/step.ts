import type { Traffic } from '../../schema/generated/types.js';
import type { VttifParameters } from '../model/snapshot.js';
import { computeDemands } from './computes.js';
import { declare } from './declare.js';
import { detect } from './detect.js';
import { estimate } from './estimate.js';
import { held } from './held.js';
import { smoothingInterval } from './interval.js';
import { withPairs } from './pair-index.js';
import { withNames } from './pair-table.js';
import { periodsByVm, windowsOf } from './phases.js';
import type { Rates } from './rates.js';
import { presumeSilent, silentHosts } from './silent-hosts.js';
import { smoothed } from './smooth.js';
import type { VttifState } from './state.js';
import { upkeep } from './upkeep.js';

export interface StepOptions {
  nowMs: number;
  parameters: VttifParameters;
  /** Upper bound on the time that VNET needs to change its topology; see `changeBoundMs`. */
  boundMs: number;
  /** Pairs, of these with their rates, that a resource holds back of which all together take `share` or more: 1 in their rows. */
  saturated: (rates: Rates, share?: number) => Uint8Array;
  /** Rates as far as they can be believed. Left out: as they are. */
  believed?: (rates: Rates) => Rates;
  /** Host that a VM runs on; null if none, or none that is known. Left out: it is known of none. */
  hostOf?: (network: string, address: string) => string | null;
}

/** Advances VTTIF to `nowMs`; to be called about once a sampling interval. `declared`: the application topology has changed. */
export function step(state: VttifState, options: StepOptions): { state: VttifState; declared: boolean } {
  const { nowMs, parameters, boundMs, saturated } = options;
  const { samplingIntervalMs, detectionThreshold, pruneThreshold, settleMs } = parameters;
  const windowMs = smoothingInterval(parameters, boundMs);
  const kept = { ...upkeep(withRows(state), { nowMs, windowMs, parameters }), smoothingIntervalMs: windowMs };
  const windowOf = windowsOf(kept.phases, windowMs);
  const silent = silentHosts(kept.hosts, nowMs, windowMs);
  const { rates: heard, seenMs } = smoothed(kept, nowMs, windowMs, windowOf, silent);
  // After a change of the fleet, half a window tells whether the application looks another: nothing of the time before is in it.
  if (seenMs < (kept.isSettling ? windowMs / 2 : windowMs))
    return { state: { ...kept, deviatingSinceMs: null }, declared: false };
  const completed = (each: Rates) => withSilent(kept, each, silent, options);
  const rates = completed(heard);
  const heldBack = either(saturated(rates), briefly(kept, options));
  const { pairs, demands } = estimate(kept.pairs, rates, heldBack, { nowMs, windowMs });
  const whole = held(demands, kept, nowMs, windowOf && ((pair) => windowOf(pair) / 2));
  const thresholds = { detectionThreshold, pruneThreshold, settleMs };
  const detectOptions = { nowMs, samplingIntervalMs, windowMs, windowOf, ...thresholds };
  const { deviatingSinceMs, isDeclared } = detect(kept, whole, detectOptions);
  const declared = isDeclared
    ? declare({ ...kept, pairs }, rates, { ...options, windowMs, windowOf, silent, completed })
    : kept.declared;
  const isSettling = kept.isSettling && seenMs < windowMs;
  return { state: { ...kept, pairs, declared, isSettling, deviatingSinceMs }, declared: isDeclared };
}

/** Gives all pairs that hosts have told of a row. */
function withRows(state: VttifState): VttifState {
  const lists = state.hosts.map((host) => host.pairs);
  return { ...state, pairs: withNames(state.pairs, withPairs(state.pairs.names, lists)) };
}

function withSilent(
  { declared }: VttifState,
  rates: Rates,
  silent: ReadonlySet<string>,
  { believed = asTold, hostOf = () => null, parameters }: StepOptions,
): Rates {
  const heard = believed(rates);
  if (silent.size === 0 || declared === null) return heard;
  const isSilent = (network: string, address: string) => silent.has(hostOf(network, address) ?? '');
  return presumeSilent(heard, { ...parameters, isSilent, declared: declared.demands });
}

const asTold = (rates: Rates) => rates;

function either(some: Uint8Array, others: Uint8Array): Uint8Array {
  const [longer, shorter] = some.length < others.length ? [others, some] : [some, others];
  return longer.map((each, row) => each | (shorter[row] ?? 0));
}

/** Share of a resource that pairs must take in one sampling interval to be held back in it: such short times vary more than a window. */
const briefShare = 0.9;

/**
 * Pairs that the newest readings saw held back. A bulk-synchronous program may fill its path for as long as it communicates, and leave
 * it half empty on average.
 */
function briefly(state: VttifState, { nowMs, parameters, saturated, believed = asTold }: StepOptions): Uint8Array {
  const { rates } = smoothed({ ...state, windowStartMs: null }, nowMs, parameters.samplingIntervalMs);
  return saturated(believed(rates), briefShare);
}

/**
 * Since when the application topology may be another than the declared one; null while it is not. It looks like another one, or what the
 * last change of the fleet has done to it is not known yet.
 */
export function changingSince({ deviatingSinceMs, isSettling, windowStartMs, declared }: VttifState): number | null {
  if (declared === null || declared.demands.length === 0) return null;
  return deviatingSinceMs ?? (isSettling ? windowStartMs : null);
}

/** The global traffic matrix as last declared. */
export function traffic(state: VttifState): Traffic {
  const periods = periodsByVm(state.phases);
  const sinceMs = changingSince(state);
  return {
    declaredAtMs: state.declared?.atMs ?? null,
    ...(sinceMs === null ? {} : { changingSinceMs: sinceMs }),
    smoothingIntervalMs: state.smoothingIntervalMs,
    demands: state.declared?.demands ?? [],
    applications: (state.declared?.applications ?? []).map((application) => {
      const periodMs = periods.get(`${application.network} ${application.vms[0]}`);
      return periodMs === undefined ? application : { ...application, periodMs };
    }),
    computes: computeDemands(state),
  };
}
