import type { Journal, JournalRecord } from '../reconciler/ports.js';
import { isWhole } from '../reconciler/verdict.js';
import { type Happening, happeningsOf } from './blame-events.js';
import { type Disturbance, type Grounds, groundsOf } from './blame-grounds.js';
import type { Decided, ReadDocuments } from './blamed-pass.js';

/** One thing that happened to a VM, and what was behind it. */
export interface BlameEvent {
  pass: number;
  at: string;
  /** Of the journal's entry. */
  commit: string;
  actor: string;
  trigger: string;
  /** Commit of the documents. */
  source: string;
  /** Why the pass decided as it did, for the whole fleet; null: it decided nothing. */
  reason: string | null;
  what: Happening;
  grounds: Grounds;
}

export interface Blame {
  kind: 'blame';
  vm: string;
  /** Newest first. */
  events: BlameEvent[];
  /** Entries of the journal that cannot be read, and are left out. */
  unreadable: number;
}

/** Documents of a commit, each commit read once. */
export type DocumentsAt = (source: string) => Promise<ReadDocuments>;

/** Everything that happened to a VM, as the journal tells; with `withPaths` also to its frames. Null: no pass has ever mentioned it. */
export async function blame(
  journal: Pick<Journal, 'entries'>,
  vm: string,
  documentsAt: DocumentsAt,
  withPaths = false,
): Promise<Blame | null> {
  const records: JournalRecord[] = [];
  let unreadable = 0;
  for await (const read of journal.entries()) {
    if (read.kind === 'record') records.push(read);
    else unreadable += 1;
  }
  const passes = records.map((read, place) => ({
    read,
    happenings: happeningsOf(read, records[place + 1] ?? null, vm, withPaths),
  }));
  const events: BlameEvent[] = [];
  for (const [place, { read, happenings }] of passes.entries()) {
    if (happenings.length === 0) continue;
    const older = passes.slice(place + 1).findIndex((each) => isWhole(each.read.entry.verdict));
    const since = older < 0 ? passes.length : place + 1 + older;
    const found = passes.slice(place, since).flatMap((each) => each.happenings.flatMap(disturbance));
    const baseline = passes[since]?.read ?? null;
    const before = baseline && (await decided(baseline, documentsAt));
    const now = await decided(read, documentsAt);
    const told = happenings.map((what) => event(read, what, groundsOf(vm, what, before, now, found)));
    events.push(...told.reverse());
  }
  const isKnown = events.length > 0 || records.some(({ entry }) => entry.placement.some((each) => each.vm === vm));
  return isKnown ? { kind: 'blame', vm, events, unreadable } : null;
}

async function decided(read: JournalRecord, documentsAt: DocumentsAt): Promise<Decided> {
  return { read, documents: await documentsAt(read.entry.source) };
}

function disturbance(happening: Happening): Disturbance[] {
  return happening.kind === 'found' ? [{ kind: 'vm', from: happening.from, to: happening.to }] : [];
}

function event({ entry, plan, commit }: JournalRecord, what: Happening, grounds: Grounds): BlameEvent {
  const { pass, at, actor, trigger, source } = entry;
  return { pass, at, commit, actor, trigger, source, reason: plan?.decision.reason ?? null, what, grounds };
}

export function blameJson({ kind, vm, events, unreadable }: Blame): string {
  return `${JSON.stringify({ format_version: '1', kind, vm, unreadable, events }, null, 2)}\n`;
}
