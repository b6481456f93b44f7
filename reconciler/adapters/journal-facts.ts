import type { Change, Condition, JournalEntry, Plan, Step } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';
import { isCarriedOut } from '../verdict.js';

export type GuestChange = Extract<Change, { kind: 'guest-start' | 'guest-move' | 'guest-stop' }>;

/** Steps of a plan that an entry says were done. */
export function doneSteps(entry: JournalEntry, plan: Plan | null): Step[] {
  const done = new Set(entry.outcomes.filter((outcome) => outcome.status === 'done').map((outcome) => outcome.step));
  return plan === null ? [] : plan.steps.filter((step) => done.has(step.id));
}

/** The step that starts, moves or stops a guest as a change says. */
export function stepOf(change: GuestChange, plan: Plan): Step | undefined {
  return plan.steps.find((step) =>
    step.edits.some((edit) =>
      change.kind === 'guest-stop'
        ? edit.host === change.host && edit.removeGuests?.some(({ guest }) => guest === change.guest)
        : edit.host === destination(change) && edit.addGuests?.some(({ name }) => name === change.guest),
    ),
  );
}

/** Starts, moves and stops that took effect, in the plan's order. */
export function performed(entry: JournalEntry, plan: Plan | null): GuestChange[] {
  if (plan === null) return [];
  const done = doneSteps(entry, plan);
  return guestChanges(plan).filter((change) => {
    const step = stepOf(change, plan);
    return step !== undefined && done.includes(step);
  });
}

export function guestChanges(plan: Plan): GuestChange[] {
  return plan.changes.filter(
    (change) => change.kind === 'guest-start' || change.kind === 'guest-move' || change.kind === 'guest-stop',
  );
}

/** Host that a guest is on after a start or move, or was on before a stop. */
export function destination(change: GuestChange): string {
  return change.kind === 'guest-move' ? change.to : change.host;
}

/** A start, move or stop in words: `moved vm-1 to host-6`. */
export function inWords(change: GuestChange): string {
  if (change.kind === 'guest-move') return `moved ${change.guest} to ${change.to}`;
  return change.kind === 'guest-start'
    ? `started ${change.guest} on ${change.host}`
    : `stopped ${change.guest} on ${change.host}`;
}

const isWantedTrue: ReadonlySet<Condition['type']> = new Set(['Ready', 'SourceVerified', 'PolicyCompliant']);

/** Conditions that say something is wrong, those of the whole fleet and of the source first. */
export function troubles(entry: JournalEntry): Condition[] {
  const wrong = entry.conditions.filter(({ type, status }) =>
    isWantedTrue.has(type) ? status !== 'True' : status === 'True',
  );
  const isWide = ({ object }: Condition) => /^(fleet|source)\//.test(object);
  // Being suspended is somebody's wish: it explains what did not happen, and nothing that went wrong.
  const isWish = ({ type }: Condition) => type === 'Suspended';
  const rank = (condition: Condition) => (isWish(condition) ? 2 : isWide(condition) ? 0 : 1);
  return wrong.sort((a, b) => rank(a) - rank(b));
}

function adjustmentsInWords({ adjustments = [] }: JournalEntry): string {
  return adjustments
    .map(({ vm, host, key, before, after }) => {
      return `${vm} on ${host} has ${periodicText(after)}, had ${periodicText(before)}, as ${key} chose`;
    })
    .join('; ');
}

/** What a pass did or why it did nothing, in a few words. */
export function summary(entry: JournalEntry, plan: Plan | null): string {
  if (entry.verdict === 'observed') return 'recorded what was seen';
  if (entry.verdict === 'adjusted') return `adjusted: ${adjustmentsInWords(entry)}`;
  if (entry.verdict === 'lifted') return `lifted: ${(entry.lifted ?? []).join(', ')} may be decided again`;
  if (entry.verdict === 'regressed')
    return `regressed: ${entry.quarantined?.reason ?? ''} It could not be taken back: ${plan?.decision.reason ?? ''}`.trim();
  if (!isCarriedOut(entry.verdict)) {
    const source = entry.conditions.find(({ object, status }) => object.startsWith('source/') && status === 'False');
    const fleet = entry.conditions.find(({ object, type }) => object === 'fleet/fleet' && type === 'Ready');
    const isHeld = entry.verdict === 'denied' || entry.verdict === 'pending';
    const told = entry.verdict === 'refused' ? source : isHeld ? fleet : undefined;
    const why = told?.message ?? troubles(entry)[0]?.message;
    return why ? `${entry.verdict}: ${why}` : entry.verdict;
  }
  const done = doneSteps(entry, plan);
  const count = `${done.length} of ${plan?.steps.length ?? 0} steps`;
  const steps = entry.verdict === 'reverted' ? `taken back in ${count}, as VMs got less` : `applied ${count}`;
  const guests = performed(entry, plan).map(inWords);
  const approved = entry.approval === undefined ? [] : [`approved by ${entry.approval.by} (${entry.approval.place})`];
  return [steps, ...approved, ...(guests.length > 0 ? guests : [...new Set(done.map((step) => step.title))])].join(
    ', ',
  );
}
