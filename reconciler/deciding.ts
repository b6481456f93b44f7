import type { Inputs } from './pass/pose.js';
import { type Decided, decide, type PassPart } from './pass.js';
import { timedParts } from './timed-parts.js';

/** What a pass decides, in this thread or in another; `took` is told how long each part of it took. */
export type Decide = (inputs: Inputs, took?: (part: PassPart, tookMs: number) => void) => Promise<Decided>;

/** Decides in the caller's thread, which does nothing else until then. */
export function decideHere(nowMs: () => number): Decide {
  return async (inputs, took = () => undefined) => timedParts((begins) => decide(inputs, begins), nowMs, took);
}
