import type { TrafficEntry } from '../../schema/generated/types.js';
import type { Reading } from '../model/counters.js';

/** All that VTTIF knows between two observations. A plain value: JSON keeps it. */
export interface VttifState {
  /** By host. */
  hosts: HostSamples[];
  /** Samples that began before this are of another topology; null before the first sample. */
  windowStartMs: number | null;
  /** What is known of each pair, by `pairName`. */
  pairs: Record<string, PairKnowledge>;
  declared: { atMs: number; demands: TrafficEntry[] } | null;
  /** Since when the application topology has differed from the declared one; null when it does not. */
  deviatingSinceMs: number | null;
  /** Length of the sliding window in effect. */
  smoothingIntervalMs: number;
}

export interface HostSamples {
  host: string;
  reading: Reading;
  /** From the agent's clock to the reconciler's. */
  clockOffsetMs: number;
  /** In the order of their arrival. */
  samples: Sample[];
}

/** Average rates between two readings on one host; times on the reconciler's clock. */
export interface Sample {
  fromMs: number;
  toMs: number;
  /** In Mb/s by `pairName`; only pairs that sent. */
  rates: Record<string, number>;
}

export interface PairKnowledge {
  /** When it last sent. */
  seenAtMs: number;
  /** Rate when nothing held the pair back; null if that was never so. */
  freeMbps: number | null;
  /** A rate that becomes `freeMbps` if nothing holds the pair back for a whole window from then on. */
  candidate: { rateMbps: number; atMs: number } | null;
  /** When its path was last seen saturated, since the window began. */
  heldBackAtMs: number | null;
  /** Factor by which the demand of a pair that is held back is presumed to exceed what is seen. */
  growth: number;
  /** When `growth` last changed; null while it is not in use. */
  grownAtMs: number | null;
}

/** Nothing seen yet. */
export function vttifStart(smoothingIntervalMs: number): VttifState {
  return {
    hosts: [],
    windowStartMs: null,
    pairs: {},
    declared: null,
    deviatingSinceMs: null,
    smoothingIntervalMs,
  };
}

/**
 * The topology or the mapping has just been changed: the window starts again, because an average over both sides of the change
 * describes neither. What is known of pairs stays.
 */
export function disturb(state: VttifState, atMs: number): VttifState {
  const pairs = Object.fromEntries(
    Object.entries(state.pairs).map(([name, pair]) => [name, { ...pair, candidate: null, heldBackAtMs: null }]),
  );
  return { ...state, pairs, windowStartMs: atMs, deviatingSinceMs: null };
}
