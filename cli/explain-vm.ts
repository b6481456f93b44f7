import { type GuestChange, guestChanges, performed, stepOf } from '../reconciler/adapters/journal-facts.js';
import type { Studied } from '../reconciler/pass/study/study.js';
import type { Journal, JournalRecord } from '../reconciler/ports.js';
import type { Condition, Decision, DemandLine, PathLine, Score, ScoreBound } from '../schema/generated/types.js';

/** A pass, as far as an explanation points to it. */
export interface PassReference {
  pass: number;
  at: string;
  commit: string;
}

/** The start or move that put a VM where it is, and what it was decided on. */
export interface Cause extends PassReference {
  change: GuestChange;
  step: number;
  steps: number;
  tookMs: number;
  trigger: string;
  source: string;
  planHash: string;
  reason: string;
  algorithm: string;
  capacities: Decision['capacities'];
  before: Score | null;
  after: Score;
  bound: ScoreBound;
  /** Of this VM alone. */
  demands: DemandLine[];
  paths: PathLine[];
}

export interface VmExplanation {
  kind: 'vm';
  name: string;
  asOf: PassReference;
  /** Null: it runs nowhere. */
  host: string | null;
  /** Null: it was there before the journal began. */
  cause: Cause | null;
  /** Passes after the cause. */
  passesSince: number;
  /** The newest decision since the cause that left the VM where it is. */
  confirmed: (PassReference & { reason: string }) | null;
  /** The newest start, move or stop since the cause that did not take effect. */
  attempt: (PassReference & { change: GuestChange; message: string }) | null;
  conditions: Condition[];
  /** What else there was for it when a pass last decided, where that met it and would have it; null if that was not asked for, or no pass has. */
  study: (PassReference & { before: string | null; recorded: string; studied: Studied }) | null;
}

/** Decides again what a recorded pass decided, and looks at what else there was for a VM. */
export type StudyVm = (read: JournalRecord, name: string) => Promise<Studied>;

/** Why a VM is where it is; null when no pass has ever mentioned it. */
export async function explainVm(
  journal: Pick<Journal, 'entries'>,
  name: string,
  studyVm: StudyVm | null = null,
): Promise<VmExplanation | null> {
  let found: VmExplanation | null = null;
  let isKnown = false;
  for await (const read of journal.entries()) {
    if (read.kind === 'unreadable') continue;
    found ??= start(read, name);
    isKnown ||= mentions(read, name);
    const line = read.plan?.decision.mapping.find(({ vm }) => vm === name);
    if (studyVm !== null && found.study === null && line !== undefined)
      found.study = { ...reference(read), before: line.from, recorded: line.to, studied: await studyVm(read, name) };
    found.cause = causeIn(read, name);
    if (found.cause !== null) break;
    found.passesSince += 1;
    found.confirmed ??= confirmedIn(read, name, found.host);
    found.attempt ??= attemptIn(read, name);
  }
  return isKnown ? found : null;
}

function start(read: JournalRecord, name: string): VmExplanation {
  return {
    kind: 'vm',
    name,
    asOf: reference(read),
    host: read.entry.placement.find(({ vm }) => vm === name)?.host ?? null,
    cause: null,
    passesSince: 0,
    confirmed: null,
    attempt: null,
    conditions: read.entry.conditions.filter(({ object }) => object === `vm/${name}`),
    study: null,
  };
}

export function reference({ entry, commit }: JournalRecord): PassReference {
  return { pass: entry.pass, at: entry.at, commit };
}

function mentions({ entry, plan }: JournalRecord, name: string): boolean {
  return (
    entry.placement.some(({ vm }) => vm === name) ||
    entry.conditions.some(({ object }) => object === `vm/${name}`) ||
    (plan?.decision.mapping.some(({ vm }) => vm === name) ?? false) ||
    (plan !== null && guestChanges(plan).some(({ guest }) => guest === name))
  );
}

function causeIn(read: JournalRecord, name: string): Cause | null {
  const { entry, plan } = read;
  const change = performed(entry, plan).find(({ guest }) => guest === name);
  if (plan === null || change === undefined) return null;
  const step = stepOf(change, plan)?.id ?? 0;
  const { reason, algorithm, capacities, before, after, bound, demands, paths } = plan.decision;
  const isOurs = (line: { source: string; destination: string }) => line.source === name || line.destination === name;
  return {
    ...reference(read),
    change,
    step,
    steps: plan.steps.length,
    tookMs: entry.outcomes.find((outcome) => outcome.step === step)?.tookMs ?? 0,
    ...{ trigger: entry.trigger, source: entry.source, planHash: plan.hash },
    ...{ reason, algorithm, capacities, before, after, bound },
    demands: demands.filter(isOurs),
    paths: paths.filter(isOurs),
  };
}

function confirmedIn(read: JournalRecord, name: string, host: string | null): VmExplanation['confirmed'] {
  if (read.plan === null) return null;
  const { mapping, reason } = read.plan.decision;
  const isKept = mapping.some(({ vm, from, to }) => vm === name && from === host && to === host);
  return isKept ? { ...reference(read), reason } : null;
}

function attemptIn(read: JournalRecord, name: string): VmExplanation['attempt'] {
  const { entry, plan } = read;
  if (plan === null) return null;
  const change = guestChanges(plan).find(({ guest }) => guest === name);
  if (change === undefined) return null;
  const own = entry.outcomes.find(({ step }) => step === stepOf(change, plan)?.id);
  const failed = own?.status === 'failed' ? own : entry.outcomes.find(({ status }) => status === 'failed');
  const message = failed ? `step ${failed.step} failed: ${failed.message}` : `the pass was ${entry.verdict}`;
  return { ...reference(read), change, message };
}
