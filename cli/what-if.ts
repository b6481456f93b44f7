import { isDenied } from '../reconciler/admission/verdict.js';
import { observedAs } from '../reconciler/merge/observed-as.js';
import { canonicalJson } from '../reconciler/model/canonical.js';
import type { FleetState } from '../reconciler/model/fleet-state.js';
import { diff } from '../reconciler/plan/diff.js';
import { reportedState } from '../reconciler/state-after.js';
import type { Change, Diagnostic, Observed, Plan, Score } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { type DocumentChange, documentChanges } from './document-changes.js';
import { scoreOf } from './scored.js';
import { type Decided, decideFor, type Revision, type Side } from './what-if-side.js';

/** What was planned upon. */
export interface Observation {
  /** Where it is from: `pass 12`, or a file. */
  from: string;
  /** When the fleet looked so, ms since the epoch. */
  atMs: number;
  ageMs: number;
}

/** What a change of documents would do to a fleet, told against what the documents would do without it. */
export interface WhatIf {
  format_version: '1';
  kind: 'what-if';
  /** Null: nothing was planned, as `head.message` says. */
  observation: Observation | null;
  base: Side;
  head: Side;
  /** What a reader has to know of the comparison. */
  notes: string[];
  /** The fleet by the objective of `head`; null where that cannot be told. */
  scores: { now: Score | null; base: Score | null; head: Score | null };
  /** From the fleet as `base` would leave it to the fleet as `head` would. */
  changes: Change[];
  /** VMs that would be elsewhere than by `base`. */
  placement: { vm: string; now: string | null; base: string | null; head: string | null }[];
  documents: DocumentChange[];
  /** What `head` is told of that `base` is not, and the other way round. */
  findings: { added: Diagnostic[]; gone: Diagnostic[]; isDenied: boolean };
}

export interface WhatIfInputs {
  base: Revision;
  head: Revision;
  observed: Observed | null;
  observation: Observation | null;
  /** Why there is no observation to plan upon. */
  unobserved: string;
  notes: readonly string[];
  /** What rules say of a commit's documents, and of its plan. */
  ask: (documents: readonly LocatedDocument[], plan: Plan | null) => Promise<Diagnostic[]>;
}

/** Decides for both commits from one observation, and compares. */
export async function whatIf(inputs: WhatIfInputs): Promise<WhatIf> {
  const { base, head, observed, ask } = inputs;
  const before = decideFor(base, observed);
  const after = decideFor(head, observed);
  const [told, tells] = [await findingsOf(base, before, ask), await findingsOf(head, after, ask)];
  const current = observed === null ? new Map() : reportedState(observed);
  const isCompared = after.side.kind === 'planned';
  const isChanged = (vm: string) => hostOf(before.state, vm) !== hostOf(after.state, vm);
  const vms = [...new Set([current, before.state, after.state].flatMap(guestsOf))].sort();
  return {
    format_version: '1',
    kind: 'what-if',
    observation: inputs.observation,
    base: explained(before.side, inputs),
    head: explained(after.side, inputs),
    notes: [...inputs.notes, ...notesOn(before.side, after.side)],
    scores: scoresOf(inputs, before, after),
    changes: isCompared ? diff(before.state, after.state, () => 0) : [],
    placement: isCompared
      ? vms.filter(isChanged).map((vm) => ({
          ...{ vm, now: hostOf(current, vm), base: hostOf(before.state, vm), head: hostOf(after.state, vm) },
        }))
      : [],
    documents: documentChanges(base.documents, head.documents),
    findings: { added: without(tells, told), gone: without(told, tells), isDenied: isDenied(tells) },
  };
}

function explained(side: Side, { unobserved }: WhatIfInputs): Side {
  return side.kind === 'not-decided' ? { ...side, message: unobserved } : side;
}

async function findingsOf(
  { documents, mistakes }: Revision,
  { side }: Decided,
  ask: WhatIfInputs['ask'],
): Promise<Diagnostic[]> {
  if (side.kind === 'invalid') return [...mistakes];
  const ofPlan = side.kind === 'planned' ? await ask(documents, side.plan) : [];
  return [...mistakes, ...(await ask(documents, null)), ...ofPlan];
}

/** Findings that others do not have; where they stand does not matter, because lines above them come and go. */
function without(findings: readonly Diagnostic[], others: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ id, severity, summary }: Diagnostic) => `${id} ${severity} ${summary}`;
  const known = new Set(others.map(key));
  return findings.filter((each) => !known.has(key(each)));
}

/** All by the objective of `head`, so that they can be compared. */
function scoresOf({ head, observed }: WhatIfInputs, before: Decided, after: Decided): WhatIf['scores'] {
  if (observed === null || after.side.kind !== 'planned') return { now: null, base: null, head: null };
  const { decision } = after.side.plan;
  const inputs = { documents: head.documents, source: head.commit };
  if (before.side.kind !== 'planned') return { now: decision.before, base: null, head: decision.after };
  const was = before.side.plan.decision;
  // Where the head wants VMs that do not run without it, there is no value by its measure, but for what the base found.
  const isSameGoal = canonicalJson(was.objective) === canonicalJson(decision.objective);
  const scored = scoreOf({ ...inputs, observed: observedAs(observed, before.state) });
  return {
    now: decision.before ?? (isSameGoal ? was.before : null),
    base: scored ?? (isSameGoal ? was.after : null),
    head: decision.after,
  };
}

function notesOn(base: Side, head: Side): string[] {
  const notes: string[] = [];
  if (base.kind !== 'planned' && base.kind !== 'not-decided' && head.kind === 'planned') {
    const why = base.kind === 'invalid' ? 'has mistakes' : 'comes to no plan';
    notes.push(`${base.ref} ${why} itself (${base.message}), so ${head.ref} is compared with the fleet as it is.`);
  }
  if (base.kind === 'planned' && head.kind === 'planned') {
    const [was, is] = [base, head].map(({ plan }) => canonicalJson(plan.decision.objective));
    if (was !== is) notes.push(`The objective changes. All values are by the objective of ${head.ref}.`);
  }
  return notes;
}

function guestsOf(state: FleetState): string[] {
  return [...state.values()].flatMap(({ guests }) => [...guests.keys()]);
}

function hostOf(state: FleetState, vm: string): string | null {
  for (const [host, { guests }] of state) if (guests.has(vm)) return host;
  return null;
}
