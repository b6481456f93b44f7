import type { Condition } from '../schema/generated/types.js';

/** A condition before it is known whether its status is new. */
export type ConditionDraft = Omit<Condition, 'lastTransitionTime'>;
