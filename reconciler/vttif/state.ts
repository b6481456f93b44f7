import type { Application, TrafficEntry } from '../../schema/generated/types.js';
import { emptyTable, interrupted, type PairTable } from './pair-table.js';

/** All that VTTIF knows between two observations. A plain value: a structured clone is as good. */
export interface VttifState {
  /** By host. */
  hosts: HostReadings[];
  /** What was read before this is of another topology; null before there is anything to compare. */
  windowStartMs: number | null;
  pairs: PairTable;
  /** Groups of VMs whose traffic repeats; see `findPhases`. */
  phases: Phase[];
  /** When readings were last thinned out and phases looked for. */
  keptAtMs: number | null;
  declared: Declaration | null;
  /** No whole window has been seen since the topology or the mapping was changed. */
  isSettling: boolean;
  /** Since when the application topology has differed from the declared one; null when it does not. */
  deviatingSinceMs: number | null;
  /** Length of the sliding window in effect. */
  smoothingIntervalMs: number;
}

/** The application topology when it was last said to have changed. */
export interface Declaration {
  atMs: number;
  /** By pair. */
  demands: TrafficEntry[];
  /** By network, then first address; without periods. */
  applications: Application[];
}

/** What one host's counters said, as it was said: all rates are worked out from this, whatever order messages came in. */
export interface HostReadings {
  host: string;
  epoch: string;
  /** Epochs that have ended, the newest last: what still arrives of them is late. */
  ended: string[];
  /** From the agent's clock to the reconciler's. */
  clockOffsetMs: number;
  /** By `pairName`, in order of appearance. */
  pairs: string[];
  /** Guests by name, in order of appearance. */
  guests: string[];
  /** In the order in which they were taken. */
  readings: Reading[];
}

/** One observation's counters, each by its position in `pairs` or `guests`; `notRead` where the observation lacks it. */
export interface Reading {
  /** Counters of different lives cannot be compared: the agent, or its clock, started anew in between. */
  life: number;
  sequence: number;
  /** On the agent's clock. */
  atMs: number;
  /** Typed, because most of what is held is this: it is read quickly, and nothing that the collector need look at. */
  bytes: Float64Array;
  cpuMs: number[];
  waitMs: number[];
}

export const notRead = -1;

/** VMs whose traffic repeats after a period, because a program computes and communicates in turns. */
export interface Phase {
  network: string;
  /** Addresses, sorted. */
  vms: string[];
  periodMs: number;
}

/** Nothing seen yet. */
export function vttifStart(smoothingIntervalMs: number): VttifState {
  return {
    hosts: [],
    windowStartMs: null,
    pairs: emptyTable(),
    phases: [],
    keptAtMs: null,
    declared: null,
    isSettling: false,
    deviatingSinceMs: null,
    smoothingIntervalMs,
  };
}

/**
 * The topology or the mapping has just been changed: the window starts again, because an average over both sides of the change
 * describes neither. What is known of pairs and phases stays.
 */
export function disturb(state: VttifState, atMs: number): VttifState {
  const pairs = interrupted(state.pairs, atMs - state.smoothingIntervalMs / 2);
  return { ...state, pairs, windowStartMs: atMs, isSettling: true, deviatingSinceMs: null };
}
