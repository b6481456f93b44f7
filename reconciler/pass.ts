import type { Diagnostic, Observed, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { merge } from './merge/merge.js';
import { digest } from './model/canonical.js';
import type { Configuration } from './model/configuration.js';
import type { Infeasible, Problem } from './model/problem.js';
import type { Snapshot } from './model/snapshot.js';
import { underlayOf } from './model/underlay.js';
import { type Choice, choose } from './pass/choose.js';
import { decisionOf } from './pass/decision.js';
import { formulate } from './pass/formulate.js';
import { holdsOf } from './pass/holds.js';
import { inIndices, inNames } from './pass/indices.js';
import { refuseDeparted, refuseUnreachable } from './pass/refusals.js';
import { assemble } from './plan/assemble.js';
import { configurationOf } from './plan/configuration-of.js';
import { diff } from './plan/diff.js';
import { guard } from './plan/guard.js';
import { order } from './plan/order.js';
import { type LinkEnds, realise } from './plan/realise.js';
import { stateDigest } from './plan/state-digest.js';
import type { Unsafe } from './plan/unsafe.js';
import { endsInUse, linkEndsOver } from './vreserve/link-ends.js';
import { type PathCapacities, pathCapacities } from './wren/path-capacities.js';

/** Everything a pass looks at: what people wrote, and what was seen. */
export interface Inputs {
  documents: readonly LocatedDocument[];
  /** Commit or directory of the documents. */
  source: string;
  observed: Observed;
}

export type Decided =
  | { kind: 'planned'; plan: Plan; snapshot: Snapshot }
  | { kind: 'rejected'; diagnostics: Diagnostic[] }
  | (Infeasible & { snapshot: Snapshot })
  | (Unsafe & { snapshot: Snapshot });

export type PassPart = 'merge' | 'solve' | 'diff' | 'order' | 'guard';

/**
 * One pass without its effects: observe and apply are around it. Pure: the same inputs give the same plan, byte for byte.
 *
 *     documents, observed -> merge -> Snapshot -> solve -> Configuration -> realise -> FleetState
 *                                                          -> diff -> order -> guard -> Plan
 *
 * `begins` is told of each part, for whoever holds a watch.
 */
export function decide(inputs: Inputs, begins: (part: PassPart) => void = () => undefined): Decided {
  begins('merge');
  const snapshot = merge(inputs.documents, inputs.source, inputs.observed);
  if ('kind' in snapshot) return snapshot;

  begins('solve');
  const { underlay, origin } = pathCapacities(snapshot, underlayOf(snapshot.hosts, snapshot.underlays));
  const ends = linkEndsOver(snapshot.hosts, underlay, snapshot.current);
  const linkEnds = endsInUse(ends);
  const problem = formulate(snapshot, underlay, linkEnds);
  const running = configurationOf(snapshot.current);
  const { adaptation, isChanging } = snapshot;
  const terms = {
    minimumGain: isChanging ? null : adaptation.minimumGain,
    isAtRest: isAtRest(inputs.observed),
    paybackSeconds: adaptation.paybackMs / 1000,
    returnFactor: adaptation.returns.gainFactor,
  };
  const now = inIndices(problem, running, snapshot.current);
  const choice = choose(problem, now, adaptation, terms, holdsOf(snapshot));
  if (choice.kind === 'infeasible') return { ...choice, snapshot };

  const refused = refuseDeparted(snapshot, inputs.observed) ?? refuseUnreachable(snapshot, ends);
  if (refused) return { ...refused, snapshot };

  const planned = planFor(choice, { inputs, snapshot, problem, running, linkEnds, origin, begins });
  if (planned.kind !== 'unsafe' || !choice.fewerMoves || !isMoveLimit(planned)) return { ...planned, snapshot };
  const reason = `${planned.message} So only what has to move is moved.`;
  const modest: Choice = { ...choice, solution: choice.fewerMoves, reason, fewerMoves: null };
  const second = planFor(modest, { inputs, snapshot, problem, running, linkEnds, origin, begins });
  return second.kind === 'unsafe' ? { ...planned, snapshot } : { ...second, snapshot };
}

/** In smoothing intervals. */
const restsAfter = 3;

/** Whether demands have been the same for so long that what they are worth has been looked at before. */
function isAtRest({ nowMs, traffic: { declaredAtMs, smoothingIntervalMs } }: Observed): boolean {
  return declaredAtMs !== null && nowMs - declaredAtMs > restsAfter * smoothingIntervalMs;
}

interface Setting {
  inputs: Inputs;
  snapshot: Snapshot;
  problem: Problem;
  running: Configuration;
  linkEnds: LinkEnds;
  origin: PathCapacities['origin'];
  begins: (part: PassPart) => void;
}

/** From a choice to a plan: what would be, how it differs, in which order it is safe, and whether it is allowed. */
function planFor(choice: Choice, setting: Setting): { kind: 'planned'; plan: Plan } | Unsafe {
  const { inputs, snapshot, problem, running, linkEnds, origin, begins } = setting;
  const { hosts, networks, current, limits } = snapshot;
  const configuration = choice.verdict === 'keep' ? running : inNames(problem, choice.solution);
  const vms = snapshot.vms.map(({ name, spec }) => ({ name, spec }));
  const target = realise({ hosts, networks, vms, current, linkEnds }, configuration);

  begins('diff');
  const changes = diff(current, target, moveSeconds);
  begins('order');
  const silent = new Set(hosts.filter((host) => host.presence !== 'connected').map((host) => host.name));
  const ordered = order({ current, target, hosts, silent, linkEnds, mayRun: placement(problem) });
  if (ordered.kind === 'unsafe') return ordered;
  const { steps } = ordered;
  begins('guard');
  const guarded = guard({
    current,
    target,
    changes,
    steps,
    limits,
    silent,
    moves: snapshot.moves,
    nowMs: snapshot.nowMs,
  });
  if (guarded.kind === 'unsafe') return guarded;

  const basis = {
    source: inputs.source,
    documentsDigest: digest(inputs.documents.map(({ document }) => document)),
    observedDigest: digest(inputs.observed),
    stateDigest: stateDigest(current),
    seed: snapshot.adaptation.seed,
  };
  const decision = decisionOf(snapshot, problem, choice, origin);
  return { kind: 'planned', plan: assemble({ basis, decision, changes, steps }) };
}

const moveLimits = new Set(['maxMovedShare', 'maxMoves', 'maxMovesPerHour', 'maxMovesOfVmPerHour', 'room']);

/** Whether a plan was refused for moving too much, or for want of room to move. */
function isMoveLimit({ limit }: Unsafe): boolean {
  return moveLimits.has(limit);
}

/** The one driver there is moves a namespace between hosts without copying anything. */
function moveSeconds(): number {
  return 0;
}

function placement(problem: Problem): (guest: string, host: string) => boolean {
  const allowed = new Map(
    problem.vms.map((vm) => [vm.name, new Set(vm.allowed.map((index) => problem.hosts[index]?.name))]),
  );
  return (guest, host) => allowed.get(guest)?.has(host) ?? false;
}
