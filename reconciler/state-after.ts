import type { JournalEntry, Observed, Plan } from '../schema/generated/types.js';
import { currentState } from './merge/current-state.js';
import { observedAs } from './merge/observed-as.js';
import { whereabouts } from './merge/whereabouts.js';
import { advance, type FleetState } from './model/fleet-state.js';
import { movesIn } from './model/recent-moves.js';

/** What a record of the journal says of one pass. */
export interface RecordedPass {
  entry: Pick<JournalEntry, 'outcomes' | 'at'>;
  plan: Plan | null;
  observed: Observed;
}

/** The fleet as hosts reported it, whatever inventory they are in. */
export function reportedState(observed: Observed): FleetState {
  const hosts = observed.hosts.map(({ host }) => host);
  return currentState(hosts, observed, whereabouts(observed, new Set(hosts)));
}

/** The fleet after a recorded pass: what was observed, and what its steps then changed. */
export function stateAfter({ observed, plan, entry }: RecordedPass): FleetState {
  const done = new Set(entry.outcomes.filter(({ status }) => status === 'done').map(({ step }) => step));
  const steps = plan === null ? [] : plan.steps.filter(({ id }) => done.has(id));
  return steps.reduce((state, { edits }) => edits.reduce(advance, state), reportedState(observed));
}

/** What was observed before a recorded pass, with what the pass then changed. */
export function observedAfter(record: RecordedPass): Observed {
  const { observed, plan, entry } = record;
  if (plan === null || !entry.outcomes.some(({ status }) => status === 'done')) return observed;
  const moves = [...(observed.moves ?? []), ...movesIn(plan, entry.outcomes, Date.parse(entry.at))];
  return { ...observedAs(observed, stateAfter(record)), ...(moves.length > 0 ? { moves } : {}) };
}
