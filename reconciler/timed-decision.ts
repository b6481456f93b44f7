import type { Inputs } from './pass/pose.js';
import { type Decided, decide } from './pass.js';
import type { Clock, Metrics, PassStep } from './ports.js';

/** Decides, and tells the metrics how long each part took. */
export function timedDecision(inputs: Inputs, clock: Clock, metrics: Metrics): Decided {
  let part: PassStep = 'merge';
  let begunMs = clock.nowMs();
  const ends = (next: PassStep) => {
    if (next !== part) metrics.passStepTook(part, (clock.nowMs() - begunMs) / 1000);
    part = next;
    begunMs = clock.nowMs();
  };
  const decided = decide(inputs, ends);
  ends('apply');
  return decided;
}
