import type { Traffic } from '../../schema/generated/types.js';
import type { VttifParameters } from '../model/snapshot.js';
import { computeDemands } from './computes.js';
import { declare, held } from './declare.js';
import { compared, detect } from './detect.js';
import { estimate, type NamedRate } from './estimate.js';
import { smoothingInterval } from './interval.js';
import { periodsByVm, windowsOf } from './phases.js';
import { smooth } from './smooth.js';
import type { VttifState } from './state.js';
import { upkeep } from './upkeep.js';

export interface StepOptions {
  nowMs: number;
  parameters: VttifParameters;
  /** Upper bound on the time that VNET needs to change its topology; see `changeBoundMs`. */
  boundMs: number;
  /** Names of the pairs, of these with their smoothed rates, whose paths cross a saturated resource. */
  saturated: (rates: readonly NamedRate[]) => ReadonlySet<string>;
}

/** Advances VTTIF to `nowMs`; to be called about once a sampling interval. `declared`: the application topology has changed. */
export function step(state: VttifState, options: StepOptions): { state: VttifState; declared: boolean } {
  const { nowMs, parameters, boundMs, saturated } = options;
  const { samplingIntervalMs, detectionThreshold, pruneThreshold, settleMs } = parameters;
  const windowMs = smoothingInterval(parameters, boundMs);
  const kept = { ...upkeep(state, { nowMs, windowMs, parameters }), smoothingIntervalMs: windowMs };
  const windowOf = windowsOf(kept.phases, windowMs);
  const { rates, filled } = smooth(kept, nowMs, windowMs, windowOf);
  if (!filled) return { state: { ...kept, deviatingSinceMs: null }, declared: false };
  const { pairs, demands } = estimate(kept.pairs, rates, saturated(rates), { nowMs, windowMs });
  const whole = held(demands, kept, nowMs, windowOf);
  const thresholds = { detectionThreshold, pruneThreshold, settleMs };
  const detectOptions = { nowMs, samplingIntervalMs, windowMs, windowOf, ...thresholds };
  const { deviatingSinceMs, isDeclared } = detect(kept, compared(kept.declared, whole, pruneThreshold), detectOptions);
  const declared = isDeclared ? declare(kept, rates, { ...options, windowMs, windowOf }) : kept.declared;
  return { state: { ...kept, pairs, declared, deviatingSinceMs }, declared: isDeclared };
}

/** The global traffic matrix as last declared. */
export function traffic(state: VttifState): Traffic {
  const periods = periodsByVm(state.phases);
  return {
    declaredAtMs: state.declared?.atMs ?? null,
    smoothingIntervalMs: state.smoothingIntervalMs,
    demands: state.declared?.demands ?? [],
    applications: (state.declared?.applications ?? []).map((application) => {
      const periodMs = periods.get(`${application.network} ${application.vms[0]}`);
      return periodMs === undefined ? application : { ...application, periodMs };
    }),
    computes: computeDemands(state),
  };
}
