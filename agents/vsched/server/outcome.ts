import type { VschedAnswer, VschedRefused } from '../../../schema/generated/types.js';
import type { Refusal, Schedule } from '../scheduler-backend.js';

type WithoutNumber<Message> = Message extends unknown ? Omit<Message, 'number'> : never;

/** What a request leads to: an answer without the number of the request. */
export type Outcome = WithoutNumber<Exclude<VschedAnswer, { kind: 'challenge' | 'closed' }>>;

export function refused(reason: VschedRefused['reason'], message: string): Outcome {
  return { kind: 'refused', reason, message: message.slice(0, 2000) };
}

/** What the scheduler refuses, as clients are told it. */
export function refusedBy(refusal: Refusal): Outcome {
  const excess = refusal.kind === 'overfull' && refusal.excessPpm > 0 ? { excessPpm: refusal.excessPpm } : {};
  const nearest = 'nearest' in refusal && refusal.nearest ? { nearest: periodic(refusal.nearest) } : {};
  return { ...refused(refusal.kind, refusal.message), ...excess, ...nearest } as Outcome;
}

const periodic = ({ periodUs, sliceUs }: Schedule) => ({ periodUs, sliceUs });
