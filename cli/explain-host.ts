import { destination, doneSteps, type GuestChange, performed } from '../reconciler/adapters/journal-facts.js';
import type { Journal, JournalRecord } from '../reconciler/ports.js';
import type { Condition } from '../schema/generated/types.js';
import { type PassReference, reference } from './explain-vm.js';

export interface HostExplanation {
  kind: 'host';
  name: string;
  asOf: PassReference;
  /** VMs seen on it, each with the pass that put it there; null where the journal does not know. */
  guests: { vm: string; cause: (PassReference & { change: GuestChange }) | null }[];
  /** The newest pass that changed the host, its steps on it, and why. */
  lastChange: (PassReference & { steps: string[]; reason: string }) | null;
  conditions: Condition[];
}

/** What a host holds and why; null when no pass has ever mentioned it. */
export async function explainHost(journal: Pick<Journal, 'entries'>, name: string): Promise<HostExplanation | null> {
  let found: HostExplanation | null = null;
  let isKnown = false;
  for await (const read of journal.entries()) {
    if (read.kind === 'unreadable') continue;
    found ??= start(read, name);
    isKnown ||= mentions(read, name);
    found.lastChange ??= changeIn(read, name);
    for (const guest of found.guests) guest.cause ??= causeIn(read, guest.vm, name);
    if (isKnown && found.lastChange !== null && found.guests.every(({ cause }) => cause !== null)) break;
  }
  return isKnown ? found : null;
}

function start(read: JournalRecord, name: string): HostExplanation {
  const { placement, conditions } = read.entry;
  return {
    kind: 'host',
    name,
    asOf: reference(read),
    guests: placement.filter(({ host }) => host === name).map(({ vm }) => ({ vm, cause: null })),
    lastChange: null,
    conditions: conditions.filter(({ object }) => object === `host/${name}`),
  };
}

function mentions({ entry, plan, observed }: JournalRecord, name: string): boolean {
  return (
    entry.placement.some(({ host }) => host === name) ||
    entry.conditions.some(({ object }) => object === `host/${name}`) ||
    observed.hosts.some(({ host }) => host === name) ||
    (plan?.steps.some((step) => step.edits.some(({ host }) => host === name)) ?? false)
  );
}

function changeIn(read: JournalRecord, name: string): HostExplanation['lastChange'] {
  if (read.plan === null) return null;
  const steps = doneSteps(read.entry, read.plan).filter(({ edits }) => edits.some(({ host }) => host === name));
  if (steps.length === 0) return null;
  return { ...reference(read), steps: steps.map(({ title }) => title), reason: read.plan.decision.reason };
}

function causeIn(read: JournalRecord, vm: string, host: string): HostExplanation['guests'][number]['cause'] {
  const change = performed(read.entry, read.plan).find(
    (each) => each.guest === vm && each.kind !== 'guest-stop' && destination(each) === host,
  );
  return change === undefined ? null : { ...reference(read), change };
}
