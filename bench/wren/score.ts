import { type LinkLogLine, ratesBetween } from '../../lab/link-log.js';
import { type DelaySides, latencyMs as reconciledLatencyMs } from '../../reconciler/wren/path-latency.js';
import type { PathEstimate } from '../../schema/generated/types.js';
import { type Cell, windowMs } from './cells.js';

/** What was told of the path at one time. */
export interface Told {
  atMs: number;
  /** Of the path from the messages' sender to their receiver; undefined while nothing is. */
  estimate: PathEstimate | undefined;
  /** Smallest delay the other way, where that is known apart. */
  delayBackMs: number | undefined;
  /** What the seed's method makes of the same packets. */
  sicMbps: number | undefined;
}

/** One estimate beside the truth. */
export interface Scored {
  /** Since application traffic began. */
  afterMs: number;
  trueMbps: number;
  /** Relative; undefined while the estimate is unknown. */
  error: number | undefined;
  /** Whether the interval, or the bounds, hold the truth; undefined while nothing is told. */
  isInside: boolean | undefined;
  capacityError: number | undefined;
  /** Relative, of the seed's method. */
  sicError: number | undefined;
}

/** Mean of what the path's tightest link left to us in the window that ends then. */
export function trueAvailableMbps({ hops, rateMbps }: Cell, log: readonly LinkLogLine[], atMs: number): number {
  const left = hops.map((hop, index) => {
    const rates = ratesBetween(log, { way: 'there', hop: index }, atMs - windowMs(rateMbps), atMs);
    return hop.rateMbps - rates.crossCarriedMbps;
  });
  return Math.min(...left);
}

export function score(cell: Cell, log: readonly LinkLogLine[], told: readonly Told[], begunMs: number): Scored[] {
  return told.map(({ atMs, estimate, sicMbps }) => {
    const trueMbps = trueAvailableMbps(cell, log, Math.max(atMs, begunMs + 500));
    const { mbps, lowMbps, highMbps } = estimate?.available ?? {};
    const capacity = estimate?.capacityMbps;
    return {
      afterMs: atMs - begunMs,
      trueMbps,
      error: mbps === undefined ? undefined : Math.abs(mbps - trueMbps) / trueMbps,
      isInside:
        lowMbps === undefined || highMbps === undefined ? undefined : lowMbps <= trueMbps && trueMbps <= highMbps,
      capacityError: capacity === undefined ? undefined : Math.abs(capacity / cell.rateMbps - 1),
      sicError: sicMbps === undefined ? undefined : Math.abs(sicMbps / trueMbps - 1),
    };
  });
}

/** Half of the smallest time there and back, as the reconciler has it. */
export function latencyMs({ estimate, delayBackMs }: Pick<Told, 'estimate' | 'delayBackMs'>): number | undefined {
  if (!estimate) return undefined;
  const back = sides('two-sided', delayBackMs);
  return reconciledLatencyMs(sides(estimate.method, estimate.minimumDelayMs), back) ?? undefined;
}

function sides(method: PathEstimate['method'], minimumDelayMs: number | undefined): DelaySides {
  const delay = { minimumDelayMs: minimumDelayMs ?? null };
  return method === 'two-sided' ? { twoSided: delay, oneSided: null } : { twoSided: null, oneSided: delay };
}

/** The value that a share of the values is at most; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.ceil(share * sorted.length), sorted.length) - 1] ?? sorted[0] ?? Number.NaN;
}
