import { doneSteps, guestChanges, performed } from '../reconciler/adapters/journal-facts.js';
import type { JournalRecord } from '../reconciler/ports.js';
import type { Change, Step } from '../schema/generated/types.js';

interface Periodic {
  periodUs: number;
  sliceUs: number;
}

type PathChange = { source: string; destination: string; before: string[]; after: string[] };

/** What became of a VM. */
export type Happening =
  | { kind: 'created'; host: string }
  | { kind: 'moved'; from: string; to: string }
  | { kind: 'stopped'; host: string }
  | { kind: 'resized'; host: string }
  | { kind: 'schedule'; host: string; before: Periodic | null; after: Periodic | null }
  /** A user has chosen another schedule. */
  | { kind: 'adjusted'; host: string; before: Periodic; after: Periodic; key: string }
  /** Its frames travel differently; `whole`: all steps that see to it were done. */
  | { kind: 'paths'; changes: PathChange[]; links: { a: string; b: string; action: 'up' | 'down' }[]; whole: boolean }
  /** It was seen elsewhere than the journal left it; null: nowhere. `begun`: the pass before had begun to move it there. */
  | { kind: 'found'; from: string | null; to: string | null; begun: boolean };

/** What a pass found of a VM, and what it did with it, in this order. `before` is the entry before; null for the first. */
export function happeningsOf(
  read: JournalRecord,
  before: JournalRecord | null,
  vm: string,
  withPaths: boolean,
): Happening[] {
  const found = before === null ? [] : foundOf(read, before, vm);
  const adjusted = (read.entry.adjustments ?? []).filter((each) => each.vm === vm);
  return [
    ...found,
    ...adjusted.map(({ host, key, before: was, after }): Happening => {
      return { kind: 'adjusted', host, before: was, after, key };
    }),
    ...guestHappenings(read, vm),
    ...(withPaths ? pathHappenings(read, vm) : []),
  ];
}

/** VMs that an event is about. */
export function vmsOf(vm: string, happening: Happening): Set<string> {
  const pairs = happening.kind === 'paths' ? happening.changes : [];
  return new Set([vm, ...pairs.flatMap(({ source, destination }) => [source, destination])]);
}

/** Hosts that an event is about. */
export function hostsOf(happening: Happening): Set<string> {
  if (happening.kind === 'moved') return new Set([happening.from, happening.to]);
  if (happening.kind === 'paths')
    return new Set([
      ...happening.changes.flatMap(({ before, after }) => [...before, ...after]),
      ...happening.links.flatMap(({ a, b }) => [a, b]),
    ]);
  if (happening.kind === 'found') return new Set([happening.from, happening.to].filter((host) => host !== null));
  return new Set([happening.host]);
}

function foundOf({ observed }: JournalRecord, before: JournalRecord, vm: string): Happening[] {
  const from = before.entry.placement.find((each) => each.vm === vm)?.host ?? null;
  const holding = observed.hosts.filter(({ report }) =>
    report.guests.some(({ guest, phase }) => guest.name === vm && phase === 'running'),
  );
  if (holding.some(({ host }) => host === from)) return [];
  const to = holding[0]?.host ?? null;
  const isHeard = observed.hosts.some(({ host, connected }) => host === from && connected);
  // Of a host that is silent nobody knows, and what was nowhere is still there.
  if (to === null && !isHeard) return [];
  const begun =
    before.plan !== null &&
    guestChanges(before.plan).some((change) => change.guest === vm && 'to' in change && change.to === to);
  return [{ kind: 'found', from, to, begun }];
}

function guestHappenings({ entry, plan }: JournalRecord, vm: string): Happening[] {
  if (plan === null) return [];
  const done = doneSteps(entry, plan);
  const taken = performed(entry, plan).filter(({ guest }) => guest === vm);
  return [
    ...taken.map((change): Happening => {
      if (change.kind === 'guest-move') return { kind: 'moved', from: change.from, to: change.to };
      return { kind: change.kind === 'guest-start' ? 'created' : 'stopped', host: change.host };
    }),
    ...plan.changes.flatMap((change) => promised(change, vm, done)),
  ];
}

/** Another size, another schedule. */
function promised(change: Change, vm: string, done: readonly Step[]): Happening[] {
  if ((change.kind !== 'guest-resize' && change.kind !== 'schedule') || change.guest !== vm) return [];
  const { host } = change;
  const edits = done.flatMap((step) => step.edits).filter((edit) => edit.host === host);
  if (change.kind === 'guest-resize') {
    const isDone = edits.some(({ addGuests = [] }) => addGuests.some(({ name }) => name === vm));
    return isDone ? [{ kind: 'resized', host }] : [];
  }
  const isDone = edits.some(
    ({ setSchedules = [], removeSchedules = [] }) =>
      setSchedules.some((schedule) => schedule.vm === vm) || removeSchedules.includes(vm),
  );
  return isDone ? [{ kind: 'schedule', host, before: periodic(change.before), after: periodic(change.after) }] : [];
}

function periodic(schedule: Periodic | null): Periodic | null {
  return schedule && { periodUs: schedule.periodUs, sliceUs: schedule.sliceUs };
}

function pathHappenings({ entry, plan }: JournalRecord, vm: string): Happening[] {
  if (plan === null) return [];
  const done = doneSteps(entry, plan);
  const changes = plan.changes.flatMap((change): PathChange[] => {
    if (change.kind !== 'path' || (change.source !== vm && change.destination !== vm)) return [];
    const { source, destination, before, after } = change;
    return [{ source, destination, before, after }];
  });
  const host = entry.placement.find((each) => each.vm === vm)?.host ?? null;
  const isPart = ({ kind }: Step) => kind === 'route' || kind === 'unroute' || kind === 'move';
  const steps = plan.steps.filter(isPart);
  const isBegun = steps.some((step) => done.includes(step));
  const links = plan.changes.flatMap((change) => linkOf(change, changes, host, done));
  if ((changes.length === 0 || !isBegun) && links.length === 0) return [];
  return [{ kind: 'paths', changes, links, whole: steps.every((step) => done.includes(step)) }];
}

/** A link that came or went, and that frames of the VM take or took; or its host's link to the star. */
function linkOf(change: Change, changes: readonly PathChange[], host: string | null, done: readonly Step[]) {
  if (change.kind !== 'link-add' && change.kind !== 'link-remove') return [];
  const { a, b } = change;
  const action = change.kind === 'link-add' ? ('up' as const) : ('down' as const);
  const isStar = change.kind === 'link-add' && change.star && (host === a || host === b);
  const isTaken = isStar || changes.some(({ before, after }) => hasHop(action === 'up' ? after : before, a, b));
  const isDone = done.some(({ edits }) =>
    edits.some(({ host, addLinks = [], removeLinks = [] }) => {
      const peers = action === 'up' ? addLinks.map(({ peer }) => peer) : removeLinks;
      return (host === a && peers.includes(b)) || (host === b && peers.includes(a));
    }),
  );
  return isTaken && isDone ? [{ a, b, action }] : [];
}

function hasHop(hosts: readonly string[], a: string, b: string): boolean {
  return hosts.some((host, place) => {
    const next = hosts[place + 1];
    return (host === a && next === b) || (host === b && next === a);
  });
}
