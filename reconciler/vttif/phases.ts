import type { Pair } from '../model/pair.js';
import { components } from './components.js';
import { periodOf } from './period.js';
import { leastKeptShare, prune } from './prune.js';
import { largest, listed } from './rates.js';
import { seriesOf } from './series.js';
import { smoothed } from './smooth.js';
import type { Phase, VttifState } from './state.js';

export interface PhaseOptions {
  nowMs: number;
  samplingIntervalMs: number;
  historyMs: number;
  pruneThreshold: number;
}

/**
 * Groups of VMs that are connected by what they send in the long run and whose traffic repeats. Groups that do not are left out,
 * as are periods that are shorter than two samples or longer than the history allows to tell.
 */
export function findPhases(state: VttifState, options: PhaseOptions): Phase[] {
  const { nowMs, historyMs, samplingIntervalMs, pruneThreshold } = options;
  const { rates } = smoothed({ ...state, windowStartMs: null }, nowMs, historyMs);
  // Nothing smaller is left by pruning.
  const leastMbps = 0.99 * leastKeptShare(pruneThreshold) * largest(rates.rateMbps);
  const parts = components(prune(listed(rates, leastMbps), pruneThreshold));
  const series = seriesOf(parts, state.hosts, { stepMs: samplingIntervalMs, historyMs });
  const known = periodsByVm(state.phases);
  return parts.flatMap(({ network, vms }, index) => {
    const expectedMs = known.get(`${network} ${vms[0]}`);
    const period = periodOf(series[index] ?? [], expectedMs ? expectedMs / samplingIntervalMs : null);
    return period === null ? [] : [{ network, vms, periodMs: Math.round(period * samplingIntervalMs) }];
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
  const periods = new Map<string, Map<string, number>>();
  for (const { network, vms, periodMs } of phases) {
    const ofNetwork = periods.get(network) ?? new Map<string, number>();
    periods.set(network, ofNetwork);
    for (const vm of vms) ofNetwork.set(vm, periodMs);
  }
  return ({ network, source }) => {
    const periodMs = periods.get(network)?.get(source);
    return periodMs === undefined ? windowMs : Math.ceil(windowMs / periodMs) * periodMs;
  };
}
