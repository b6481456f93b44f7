import type { Approval, Diagnostic, Plan, WayBack } from '../schema/generated/types.js';
import { approvalDigest, approvalOf } from './model/approval.js';
import { digest } from './model/canonical.js';
import { documentsDigest } from './model/documents-digest.js';
import type { Infeasible, Problem } from './model/problem.js';
import type { Snapshot } from './model/snapshot.js';
import { type Choice, choose } from './pass/choose.js';
import { decisionOf } from './pass/decision.js';
import { inNames } from './pass/indices.js';
import { lesserChoices } from './pass/lesser-choices.js';
import { linkLines, withPolicies } from './pass/link-lines.js';
import { secondsTo } from './pass/migration-cost.js';
import { policiesInTheWay } from './pass/policies-in-the-way.js';
import { type Inputs, type Posed, pose } from './pass/pose.js';
import { refuseDeparted, refuseUnreachable } from './pass/refusals.js';
import { refuseKept } from './pass/refuse-kept.js';
import { admitOn, chosenAdvice, nearestAdvice, schedulesFor } from './pass/schedules.js';
import { wayBack } from './pass/way-back.js';
import { assemble } from './plan/assemble.js';
import { diff, type MoveSeconds } from './plan/diff.js';
import type { LinkLaw } from './plan/forbidden-links.js';
import { guard } from './plan/guard.js';
import { order } from './plan/order.js';
import { realise } from './plan/realise.js';
import { refuseSuspended } from './plan/refuse-suspended.js';
import { stateDigest } from './plan/state-digest.js';
import type { Unsafe } from './plan/unsafe.js';

export type Decided =
  | { kind: 'planned'; plan: Plan; snapshot: Snapshot; exceeded?: Exceeded }
  | { kind: 'rejected'; diagnostics: Diagnostic[] }
  | (Infeasible & { snapshot: Snapshot })
  | (Unsafe & { snapshot: Snapshot });

/** A plan above a limit that asks for an approval. */
export interface Exceeded {
  /** What an approval has to name. */
  digest: string;
  /** Which limit, and what the plan would do. */
  message: string;
  /** Null: nobody has approved it yet. */
  approval: Approval | null;
}

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
  const posed = pose(inputs, begins);
  if (posed.kind === 'rejected') return posed;
  const { snapshot, problem, question } = posed;
  const back = inputs.observed.back === undefined ? null : goBack(inputs.observed.back, inputs, posed, begins);
  if (back?.kind === 'planned') return { ...back, snapshot };
  const anew = choose(problem, question);
  const choice = back === null ? anew : toldOf(anew, back.reason);
  if (choice.kind === 'infeasible') {
    const advice = `${nearestAdvice(snapshot, problem, choice.vms)}${chosenAdvice(snapshot, choice.vms)}`;
    const message = `${choice.message}${advice}${policiesInTheWay(snapshot, posed.ends)}`;
    return { ...choice, message, snapshot };
  }

  const refused = refusal(inputs, posed);
  if (refused) return { ...refused, snapshot };

  const planned = planFor(choice, inputs, posed, begins);
  if (planned.kind !== 'unsafe') return { ...planned, snapshot };
  for (const lesser of lesserChoices(choice, planned)) {
    const second = planFor(lesser, inputs, posed, begins);
    if (second.kind !== 'unsafe') return { ...second, snapshot };
  }
  return { ...planned, snapshot };
}

/** What is not safe is not done: then it is decided anew. */
function goBack(
  to: WayBack,
  inputs: Inputs,
  posed: Posed,
  begins: (part: PassPart) => void,
): { kind: 'planned'; plan: Plan; exceeded?: Exceeded } | { kind: 'closed'; reason: string } {
  const way = wayBack(posed, to);
  if (way.kind === 'closed') return way;
  const planned = refusal(inputs, posed) ?? planFor(way.choice, inputs, posed, begins);
  return planned.kind === 'planned' ? planned : { kind: 'closed', reason: planned.message };
}

function toldOf(anew: Choice | Infeasible, why: string): Choice | Infeasible {
  const told = `The fleet does not go back to what it was: ${why}`;
  if (anew.kind === 'choice') return { ...anew, reason: `${told} ${anew.reason}` };
  return { ...anew, message: `${anew.message} ${told}` };
}

function refusal({ observed }: Inputs, { snapshot, ends }: Posed): Unsafe | null {
  return refuseDeparted(snapshot, observed) ?? refuseUnreachable(snapshot, ends) ?? refuseKept(snapshot);
}

/** From a choice to a plan: what would be, how it differs, in which order it is safe, and whether it is allowed. */
function planFor(
  choice: Choice,
  inputs: Inputs,
  { snapshot, problem, running, linkEnds, still, origin }: Posed,
  begins: (part: PassPart) => void,
): { kind: 'planned'; plan: Plan; exceeded?: Exceeded } | Unsafe {
  const { hosts, networks, current, limits } = snapshot;
  const configuration =
    choice.back?.configuration ?? (choice.verdict === 'keep' ? running : inNames(problem, choice.solution));
  const vms = snapshot.vms.map(({ name, spec }) => ({ name, spec }));
  const schedules = schedulesFor(snapshot, configuration);
  const target = realise({ hosts, networks, vms, current, linkEnds, schedules, still }, configuration);

  begins('diff');
  const changes = withPolicies(diff(current, target, secondsOf(problem)), snapshot);
  begins('order');
  const silent = new Set(hosts.filter((host) => host.presence !== 'connected').map((host) => host.name));
  const ordered = order({
    ...{ current, target, hosts, silent, linkEnds, still: still.networks },
    mayRun: placement(problem),
    admit: admitOn(hosts),
  });
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
    recent: snapshot.changes ?? [],
    nowMs: snapshot.nowMs,
    ...lawOf(snapshot),
  });
  if (guarded.kind === 'unsafe') return guarded;
  const refused = refuseSuspended(snapshot.suspended ?? [], steps, still);
  if (refused) return refused;

  const basis = {
    source: inputs.source,
    documentsDigest: documentsDigest(inputs.documents),
    observedDigest: digest(inputs.observed),
    stateDigest: stateDigest(current),
    seed: snapshot.adaptation.seed,
  };
  const decision = { ...decisionOf(snapshot, problem, choice, origin), ...linkLines(snapshot, target) };
  const plan = assemble({ basis, decision, changes, steps });
  if (guarded.exceeded === undefined) return { kind: 'planned', plan };
  return { kind: 'planned', plan, exceeded: exceededBy(plan, guarded.exceeded, snapshot) };
}

function lawOf({ linkPolicies, hosts }: Snapshot): { law?: LinkLaw } {
  if (linkPolicies === undefined) return {};
  return { law: { policies: linkPolicies, siteOf: new Map(hosts.map(({ name, site }) => [name, site])) } };
}

function exceededBy(plan: Plan, { message }: Unsafe, { limits, nowMs }: Snapshot): Exceeded {
  const wanted = approvalDigest(plan);
  return { digest: wanted, message, approval: approvalOf(wanted, limits, nowMs) };
}

function placement(problem: Problem): (guest: string, host: string) => boolean {
  const allowed = new Map(
    problem.vms.map((vm) => [vm.name, new Set(vm.allowed.map((index) => problem.hosts[index]?.name))]),
  );
  return (guest, host) => allowed.get(guest)?.has(host) ?? false;
}

/** migrate(): how long a VM takes to a host, in seconds. */
function secondsOf(problem: Problem): MoveSeconds {
  const place = (list: readonly { name: string }[], wanted: string) => list.findIndex(({ name }) => name === wanted);
  return ({ name }, _from, to) => secondsTo(problem, place(problem.vms, name), place(problem.hosts, to));
}
