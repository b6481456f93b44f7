import type { PathEstimate } from '../../schema/generated/types.js';
import type { PathEstimator } from './path-estimator.js';

/** Which path an estimator listens to, and what time it is on the clock of arrivals and on the agent's. */
export interface EstimateContext extends Pick<PathEstimate, 'peer' | 'direction' | 'method'> {
  nowNs: number;
  wallMs: number;
}

const forgottenNs = 60e9;

/**
 * What an estimator tells of its path, as the wire carries it; undefined if there was no packet in the last minute. Takes the bins
 * of queueing delay that were not told yet.
 */
export function estimateOf(estimator: PathEstimator, context: EstimateContext): PathEstimate | undefined {
  const { peer, direction, method, nowNs, wallMs } = context;
  const estimate = estimator.estimate(nowNs);
  if (!estimate || nowNs - estimate.newestNs > forgottenNs) return undefined;
  const { mbps, lowMbps, highMbps } = estimate.available;
  const queueing = estimator.queueing.take(nowNs, wallMs);
  return {
    peer,
    direction,
    method,
    atMs: Math.round(wallMs - (nowNs - estimate.newestNs) / 1e6),
    available: {
      ...(mbps === undefined ? {} : { mbps: rounded(mbps) }),
      lowMbps: rounded(lowMbps),
      highMbps: rounded(highMbps),
    },
    ...(estimate.capacityMbps === undefined ? {} : { capacityMbps: rounded(estimate.capacityMbps) }),
    ...(estimate.minimumDelayNs === undefined ? {} : { minimumDelayMs: rounded(estimate.minimumDelayNs / 1e6) }),
    packets: estimate.packets,
    busyShare: rounded(estimate.busyShare),
    ...(queueing ? { queueing } : {}),
  };
}

/** To four places: finer than anything that is measured. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
