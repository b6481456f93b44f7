import type { Diagnostic, Observed, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { merge } from './merge/merge.js';
import { digest } from './model/canonical.js';
import { type Configuration, starPath } from './model/configuration.js';
import type { Infeasible, Problem, Solution } from './model/problem.js';
import type { Snapshot } from './model/snapshot.js';
import { underlayOf } from './model/underlay.js';
import { choose, type Running } from './pass/choose.js';
import { decisionOf } from './pass/decision.js';
import { formulate } from './pass/formulate.js';
import { refuseDeparted, refuseUnreachable } from './pass/refusals.js';
import { assemble } from './plan/assemble.js';
import { configurationOf } from './plan/configuration-of.js';
import { diff } from './plan/diff.js';
import { guard } from './plan/guard.js';
import { order } from './plan/order.js';
import { realise } from './plan/realise.js';
import { stateDigest } from './plan/state-digest.js';
import type { Unsafe } from './plan/unsafe.js';
import { linkEndsOver } from './vreserve/link-ends.js';
import { nominalCapacities } from './wren/path-capacities.js';

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
  const { underlay, origin } = nominalCapacities(underlayOf(snapshot.hosts, snapshot.underlays));
  const problem = formulate(snapshot, underlay);
  const running = configurationOf(snapshot.current);
  const choice = choose(problem, inIndices(problem, running), snapshot.adaptation, snapshot.adaptation.minimumGain);
  if (choice.kind === 'infeasible') return { ...choice, snapshot };

  const configuration = choice.verdict === 'keep' ? running : inNames(problem, choice.solution);
  const ends = linkEndsOver(snapshot.hosts, underlay);
  const refused = refuseDeparted(snapshot, inputs.observed) ?? refuseUnreachable(snapshot, ends);
  if (refused) return { ...refused, snapshot };
  const linkEnds = (a: string, b: string) => {
    const found = ends(a, b);
    return found.kind === 'link-ends' ? found : null;
  };
  const { hosts, networks, current } = snapshot;
  const vms = snapshot.vms.map(({ name, spec }) => ({ name, spec }));
  const target = realise({ hosts, networks, vms, current, linkEnds }, configuration);

  begins('diff');
  const changes = diff(current, target, moveSeconds);
  begins('order');
  const silent = new Set(hosts.filter((host) => host.presence !== 'connected').map((host) => host.name));
  const ordered = order({ current, target, hosts, silent, linkEnds, mayRun: placement(problem) });
  if (ordered.kind === 'unsafe') return { ...ordered, snapshot };
  const { steps } = ordered;
  begins('guard');
  const guarded = guard({ current, target, changes, steps, limits: snapshot.limits, silent });
  if (guarded.kind === 'unsafe') return { ...guarded, snapshot };

  const basis = {
    source: inputs.source,
    documentsDigest: digest(inputs.documents.map(({ document }) => document)),
    observedDigest: digest(inputs.observed),
    stateDigest: stateDigest(current),
    seed: snapshot.adaptation.seed,
  };
  const plan = assemble({ basis, decision: decisionOf(snapshot, problem, choice, origin), changes, steps });
  return { kind: 'planned', plan, snapshot };
}

/** What runs, in the problem's indices; null while some VM runs nowhere. Demands without a path of their own ride the star. */
function inIndices(problem: Problem, configuration: Configuration): Running | null {
  const hostIndex = new Map(problem.hosts.map(({ name }, index) => [name, index]));
  const mapping = problem.vms.map((vm) => vm.current);
  if (!mapping.every((host) => host !== null)) return null;
  const fast = new Map(configuration.paths.map((path) => [`${path.source} ${path.destination}`, path.hosts]));
  const name = (index: number) => problem.hosts[index]?.name ?? '';
  const paths = problem.demands.map(({ source, destination }) => {
    const [from, to] = [problem.vms[source], problem.vms[destination]];
    const ends = [mapping[source] ?? -1, mapping[destination] ?? -1] as const;
    const star = starPath(name(ends[0]), name(ends[1]), name(from?.proxy ?? -1));
    return (fast.get(`${from?.name} ${to?.name}`) ?? star).map((host) => hostIndex.get(host) ?? -1);
  });
  return { mapping, paths };
}

/** A solution in names; paths over the star are left out. */
function inNames(problem: Problem, solution: Solution): Configuration {
  const host = (index: number | undefined) => problem.hosts[index ?? -1]?.name ?? '';
  const mapping = new Map(problem.vms.map(({ name }, index) => [name, host(solution.mapping[index])]));
  const paths = problem.demands.flatMap(({ source, destination }, index) => {
    const hosts = (solution.paths[index] ?? []).map(host);
    const [from, to] = [problem.vms[source], problem.vms[destination]];
    if (!from || !to) return [];
    const star = starPath(hosts[0] ?? '', hosts.at(-1) ?? '', host(from.proxy));
    return hosts.join(' ') === star.join(' ') ? [] : [{ source: from.name, destination: to.name, hosts }];
  });
  return { mapping, paths: paths.sort((a, b) => (pathKey(a) < pathKey(b) ? -1 : 1)) };
}

const pathKey = (path: { source: string; destination: string }) => `${path.source} ${path.destination}`;

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
