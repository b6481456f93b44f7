import type { Inputs } from './pass/pose.js';
import { type Decided, decide, type PassPart } from './pass.js';
import type { Clock, Metrics } from './ports.js';
import { timedParts } from './timed-parts.js';

/** Decides somewhere else, and tells how long each part took. */
export type Decide = (inputs: Inputs, took: (part: PassPart, tookMs: number) => void) => Promise<Decided>;

/** Decides here, or elsewhere where that is given, and tells the metrics how long each part took. */
export function timedDecision(
  inputs: Inputs,
  { clock, metrics, decide: elsewhere }: { clock: Clock; metrics: Metrics; decide?: Decide | undefined },
): Decided | Promise<Decided> {
  const took = (part: PassPart, tookMs: number) => metrics.passStepTook(part, tookMs / 1000);
  if (elsewhere) return elsewhere(inputs, took);
  return timedParts(
    (begins) => decide(inputs, begins),
    () => clock.nowMs(),
    took,
  );
}
