import type { Traffic } from '../../schema/generated/types.js';
import type { VttifParameters } from '../model/snapshot.js';
import { computeDemands } from './computes.js';
import { declare, held } from './declare.js';
import { compared, detect } from './detect.js';
import { estimate, type NamedRate } from './estimate.js';
import { smoothingInterval } from './interval.js';
import { periodsByVm, windowsOf } from './phases.js';
import { presumeSilent, silentHosts } from './silent-hosts.js';
import { type SmoothedRate, smooth } from './smooth.js';
import type { VttifState } from './state.js';
import { upkeep } from './upkeep.js';

export interface StepOptions {
  nowMs: number;
  parameters: VttifParameters;
  /** Upper bound on the time that VNET needs to change its topology; see `changeBoundMs`. */
  boundMs: number;
  /** Names of the pairs, of these with their rates, that a resource holds back of which all together take `share` or more. */
  saturated: (rates: readonly NamedRate[], share?: number) => ReadonlySet<string>;
  /** Rates as far as they can be believed. Left out: as they are. */
  believed?: (rates: readonly SmoothedRate[]) => readonly SmoothedRate[];
  /** Host that a VM runs on; null if none, or none that is known. Left out: it is known of none. */
  hostOf?: (network: string, address: string) => string | null;
}

/** Advances VTTIF to `nowMs`; to be called about once a sampling interval. `declared`: the application topology has changed. */
export function step(state: VttifState, options: StepOptions): { state: VttifState; declared: boolean } {
  const { nowMs, parameters, boundMs, saturated } = options;
  const { samplingIntervalMs, detectionThreshold, pruneThreshold, settleMs } = parameters;
  const windowMs = smoothingInterval(parameters, boundMs);
  const kept = { ...upkeep(state, { nowMs, windowMs, parameters }), smoothingIntervalMs: windowMs };
  const windowOf = windowsOf(kept.phases, windowMs);
  const silent = silentHosts(kept.hosts, nowMs, windowMs);
  const { rates: heard, filled } = smooth(kept, nowMs, windowMs, windowOf, silent);
  if (!filled) return { state: { ...kept, deviatingSinceMs: null }, declared: false };
  const completed = (each: readonly SmoothedRate[]) => withSilent(kept, each, silent, options);
  const rates = completed(heard);
  const heldBack = new Set([...saturated(rates), ...briefly(kept, options)]);
  const { pairs, demands } = estimate(kept.pairs, rates, heldBack, { nowMs, windowMs });
  const whole = held(demands, kept, nowMs, windowOf);
  const thresholds = { detectionThreshold, pruneThreshold, settleMs };
  const detectOptions = { nowMs, samplingIntervalMs, windowMs, windowOf, ...thresholds };
  const { deviatingSinceMs, isDeclared } = detect(kept, compared(kept.declared, whole, pruneThreshold), detectOptions);
  const declared = isDeclared
    ? declare(kept, rates, { ...options, windowMs, windowOf, silent, completed })
    : kept.declared;
  return { state: { ...kept, pairs, declared, isSettling: false, deviatingSinceMs }, declared: isDeclared };
}

function withSilent(
  { declared }: VttifState,
  rates: readonly SmoothedRate[],
  silent: ReadonlySet<string>,
  { believed = asTold, hostOf = () => null, parameters }: StepOptions,
): readonly SmoothedRate[] {
  const heard = believed(rates);
  if (silent.size === 0 || declared === null) return heard;
  const isSilent = (network: string, address: string) => silent.has(hostOf(network, address) ?? '');
  return presumeSilent(heard, { ...parameters, isSilent, declared: declared.demands });
}

const asTold = (rates: readonly SmoothedRate[]) => rates;

/** Share of a resource that pairs must take in one sampling interval to be held back in it: such short times vary more than a window. */
const briefShare = 0.9;

/**
 * Pairs that the newest readings saw held back. A bulk-synchronous program may fill its path for as long as it communicates, and leave
 * it half empty on average.
 */
function briefly(
  { hosts }: VttifState,
  { nowMs, parameters, saturated, believed = asTold }: StepOptions,
): ReadonlySet<string> {
  const { rates } = smooth({ hosts, windowStartMs: null }, nowMs, parameters.samplingIntervalMs);
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
