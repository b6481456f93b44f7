import type { VttifParameters } from '../model/snapshot.js';
import { remembered } from './pair-table.js';
import { findPhases } from './phases.js';
import { forget } from './smooth.js';
import type { VttifState } from './state.js';

/** Readings are kept for so many windows, to recognise periods of up to about three. */
const keptWindows = 8;
/** A bound on what is kept of each host, whatever the ratio of the window to the sampling interval. */
const keptSamples = 240;

export interface UpkeepOptions {
  nowMs: number;
  windowMs: number;
  parameters: VttifParameters;
}

/** What need not be done at each step: forgets what is old, and looks for phases. Once a window. */
export function upkeep(state: VttifState, { nowMs, windowMs, parameters }: UpkeepOptions): VttifState {
  if (state.keptAtMs !== null && nowMs - state.keptAtMs < windowMs) return state;
  const { samplingIntervalMs, pruneThreshold } = parameters;
  const historyMs = Math.min(keptWindows * windowMs, keptSamples * samplingIntervalMs);
  const kept = {
    ...state,
    hosts: forget(state.hosts, { nowMs, windowMs, historyMs }),
    pairs: remembered(state.pairs, nowMs),
    keptAtMs: nowMs,
  };
  return { ...kept, phases: findPhases(kept, { nowMs, samplingIntervalMs, historyMs, pruneThreshold }) };
}
