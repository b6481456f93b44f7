import type { Observed } from '../schema/generated/types.js';
import type { OperatorDocument } from '../schema/validate/document.js';
import type { Decided, PassPart } from './pass.js';
import type { Places } from './places.js';

/** What a thread is asked to decide: what a pass looks at, without functions, which do not go from thread to thread. */
export interface DecisionQuestion {
  documents: { document: OperatorDocument; places: Places }[];
  source: string;
  observed: Observed;
}

export interface DecisionAnswer {
  decided: Decided;
  /** How long each part took, in milliseconds, in their order. */
  parts: { part: PassPart; tookMs: number }[];
}
