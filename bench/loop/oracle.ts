import { maxMinRates } from '../../agents/emulated/max-min-rates.js';
import { throughputBetween } from '../../agents/emulated/program-runs.js';
import type { ScenarioTruth } from '../../agents/emulated/scenario-truth.js';
import { merge } from '../../reconciler/merge/merge.js';
import { starPath } from '../../reconciler/model/configuration.js';
import type { Problem, Solution } from '../../reconciler/model/problem.js';
import type { Snapshot } from '../../reconciler/model/snapshot.js';
import { resourcesOfPath, type Underlay, underlayOf } from '../../reconciler/model/underlay.js';
import { formulate } from '../../reconciler/pass/formulate.js';
import { solve } from '../../reconciler/vadapt/solve.js';
import { endsInUse, linkEndsOver } from '../../reconciler/vreserve/link-ends.js';
import type { HostStatus } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';

export interface Known {
  documents: readonly LocatedDocument[];
  hosts: HostStatus[];
  truth: ScenarioTruth;
}

/** What the applications would get in a span of the scenario, in Mb/s, from a solver that knows all demands and capacities, and no future. */
export function oracleMbps(known: Known, fromMs: number, toMs: number): number {
  const snapshot = snapshotOf(known);
  const nominal = underlayOf(snapshot.hosts, snapshot.underlays);
  const underlay = { ...nominal, resources: expectedly(nominal, known.truth, fromMs, toMs) };
  const demands = known.truth.demandsAt(fromMs).map((demand) => ({ ...demand, origin: 'declared' as const }));
  const ends = endsInUse(linkEndsOver(snapshot.hosts, underlay, snapshot.current));
  const problem = formulate({ ...snapshot, demands, outages: known.truth.failuresAt(fromMs) }, underlay, ends);
  const solution = solve(problem, snapshot.adaptation);
  if ('kind' in solution) throw new Error(solution.message);
  return carriedMbps(known, nominal, problem, solution, fromMs, toMs);
}

function snapshotOf({ documents, hosts }: Known): Snapshot {
  const traffic = { declaredAtMs: null, smoothingIntervalMs: 0, demands: [] };
  const merged = merge(documents, 'oracle', { format_version: '1', nowMs: 0, hosts, traffic, lastPlacement: [] });
  if ('kind' in merged) throw new Error(merged.diagnostics.map(({ summary }) => summary).join(' '));
  return merged;
}

/**
 * Resources with what others leave of them on average, as the process goes that they send by. Which bursts it will draw within the span
 * is not known to anybody beforehand: an oracle that knew would arrange the fleet for one future out of many.
 */
function expectedly({ resources }: Underlay, truth: ScenarioTruth, fromMs: number, toMs: number) {
  const taken = truth.expectedCross(fromMs, toMs);
  return resources.map(({ name, capacityMbps }) => ({ name, capacityMbps: capacityMbps - (taken.get(name) ?? 0) }));
}

function carriedMbps(
  { truth }: Known,
  underlay: Underlay,
  problem: Problem,
  { mapping, paths }: Solution,
  fromMs: number,
  toMs: number,
): number {
  const place = new Map(problem.vms.map(({ name }, index) => [name, index]));
  const own = new Map(
    problem.demands.map(({ source, destination }, i) => [source * place.size + destination, paths[i]]),
  );
  const usesOf = resourcesOfPath(underlay);
  const cut = new Set(truth.failuresAt(fromMs).flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
  const hostIndex = new Map(problem.hosts.map((host, index) => [host.name, index]));
  const name = (host: number) => problem.hosts[host]?.name ?? '';
  const isWhole = (path: readonly number[]) =>
    path.every((host, i) => i === 0 || !cut.has(`${name(path[i - 1] ?? -1)} ${name(host)}`));
  const pathOf = (source: string, destination: string): readonly number[] => {
    const [from, to] = [place.get(source) ?? -1, place.get(destination) ?? -1];
    const ends = [mapping[from] ?? -1, mapping[to] ?? -1, problem.vms[from]?.proxy ?? -1] as const;
    const [a, b, proxy] = ends.map(name);
    const star = () => starPath(a ?? '', b ?? '', proxy ?? '').map((host) => hostIndex.get(host) ?? -1);
    return own.get(from * place.size + to) ?? star();
  };
  const programs = truth.programs(fromMs);
  const before = programs.progress();
  const uses = programs.flows().map(({ source, destination }) => {
    const path = pathOf(source, destination);
    return isWhole(path) ? usesOf(path) : null;
  });
  for (let atMs = fromMs; atMs < toMs; ) {
    const wanted = programs.flows().map(({ rateMbps }, flow) => (uses[flow] ? rateMbps : 0));
    const cross = truth.crossAt(atMs);
    const capacities = underlay.resources.map((each) => Math.max(0, each.capacityMbps - (cross.get(each.name) ?? 0)));
    const rates = maxMinRates(
      wanted,
      uses.map((each) => each ?? []),
      capacities,
    );
    atMs = Math.min(toMs, programs.nextChangeMs(rates), truth.nextCrossMs(atMs));
    programs.goOn(atMs, rates);
  }
  return throughputBetween(before, programs.progress());
}
