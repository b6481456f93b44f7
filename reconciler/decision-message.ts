import type { Observed } from '../schema/generated/types.js';
import type { OperatorDocument } from '../schema/validate/document.js';
import type { Decided, PassPart } from './pass.js';

/** What a thread is asked to decide: as a pass is, but for where documents stand in files, which does not go from thread to thread. */
export interface DecisionQuestion {
  documents: OperatorDocument[];
  source: string;
  observed: Observed;
}

export interface DecisionAnswer {
  decided: Decided;
  /** How long each part took, in milliseconds, in their order. */
  parts: { part: PassPart; tookMs: number }[];
}
