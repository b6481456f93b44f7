import { canonicalJson } from '../reconciler/model/canonical.js';
import { advance, emptyHost, type FleetState } from '../reconciler/model/fleet-state.js';
import { decide } from '../reconciler/pass.js';
import { reportedState } from '../reconciler/state-after.js';
import type { Diagnostic, Observed, PathLine, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';

/** One of the two commits that are compared. */
export interface Revision {
  /** As it was named. */
  ref: string;
  commit: string;
  documents: readonly LocatedDocument[];
  /** What validation says of it; with an error there is nothing to decide. */
  mistakes: readonly Diagnostic[];
}

/** What would become of the fleet by the documents of one commit. */
export type Side = { ref: string; commit: string } & (
  | { kind: 'planned'; plan: Plan; work: Work }
  /** `message` says why there is no plan, and what to do; `not-decided`: there is nothing to decide upon. */
  | { kind: 'invalid' | 'infeasible' | 'unsafe' | 'not-decided'; message: string }
);

/** What a plan comes to, from the fleet as it is. */
export interface Work {
  moves: number;
  migrationSeconds: number;
  starts: number;
  stops: number;
  schedules: number;
  linksAdded: number;
  linksRemoved: number;
  rulesSet: number;
  rulesRemoved: number;
  steps: number;
  /** Demands that do not get all that they ask for. */
  overloaded: PathLine[];
}

export interface Decided {
  side: Side;
  /** The fleet once that is done; as it is where nothing would be. */
  state: FleetState;
}

/** Decides by the documents of a commit; `observed` null: nothing is known of the fleet. */
export function decideFor({ ref, commit, documents, mistakes }: Revision, observed: Observed | null): Decided {
  const without = (kind: 'invalid' | 'infeasible' | 'unsafe' | 'not-decided', message: string): Decided => ({
    side: { ref, commit, kind, message },
    state: observed === null ? new Map() : reportedState(observed),
  });
  if (mistakes.some(({ severity }) => severity === 'error')) return without('invalid', invalid(mistakes));
  if (observed === null) return without('not-decided', '');
  const decided = decide({ documents, source: commit, observed });
  if (decided.kind === 'rejected') return without('invalid', invalid(decided.diagnostics));
  if (decided.kind !== 'planned') return without(decided.kind, decided.message);
  const { plan, snapshot } = decided;
  const state = plan.steps.flatMap(({ edits }) => edits).reduce(advance, snapshot.current);
  return { side: { ref, commit, kind: 'planned', plan, work: workOf(plan, snapshot.current, state) }, state };
}

function invalid(mistakes: readonly Diagnostic[]): string {
  const errors = mistakes.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const where = first ? `${first.range.filename}:${first.range.start.line}: ${first.summary}` : '';
  return errors.length > 1 ? `${where} And ${errors.length - 1} more.` : where;
}

function workOf({ changes, decision, steps }: Plan, before: FleetState, after: FleetState): Work {
  const count = (kind: string) => changes.filter((change) => change.kind === kind).length;
  const seconds = changes.map((change) => (change.kind === 'guest-move' ? change.seconds : 0));
  return {
    moves: count('guest-move'),
    migrationSeconds: Math.round(seconds.reduce((sum, each) => sum + each, 0) * 10) / 10,
    starts: count('guest-start'),
    stops: count('guest-stop'),
    schedules: count('schedule'),
    linksAdded: count('link-add'),
    linksRemoved: count('link-remove'),
    ...ruleCounts(before, after),
    steps: steps.length,
    overloaded: decision.paths.filter(({ residualMbps }) => residualMbps < 0),
  };
}

function ruleCounts(before: FleetState, after: FleetState): { rulesSet: number; rulesRemoved: number } {
  const hosts = [...new Set([...before.keys(), ...after.keys()])];
  const counts = hosts.map((host) => {
    const was = (before.get(host) ?? emptyHost()).rules;
    const is = (after.get(host) ?? emptyHost()).rules;
    const set = [...is].filter(([name, rule]) => canonicalJson(was.get(name) ?? null) !== canonicalJson(rule));
    return { set: set.length, removed: [...was.keys()].filter((name) => !is.has(name)).length };
  });
  const total = (which: 'set' | 'removed') => counts.reduce((sum, each) => sum + each[which], 0);
  return { rulesSet: total('set'), rulesRemoved: total('removed') };
}
