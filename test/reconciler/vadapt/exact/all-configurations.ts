import type { Problem } from '../../../../reconciler/model/problem.js';
import { constraintsOf, hasMapping } from '../infeasible/judge.js';
import { simplePaths } from '../reference.js';
import { objectives } from './constrained-problems.js';

// The best configuration by trying all of them, from the definitions alone; it shares nothing with the search.

export interface Worth {
  unmetMbps: number;
  values: number[];
}

/** z for a confidence of 0.95. */
const sigmas = 1.6448536269514722;

/** The best of all configurations with as few migrations beyond what is wished for as there can be; null if there is none. */
export function bestOfAll(problem: Problem, place: number): Worth | null {
  const mappings = allMappings(problem);
  const moves = (mapping: readonly number[]) =>
    problem.vms.filter(({ current }, vm) => current !== null && current !== mapping[vm]).length;
  const fewest = Math.min(...mappings.map((mapping) => Math.max(0, moves(mapping) - (problem.maxMigrations ?? 99))));
  let best: Worth | null = null;
  for (const mapping of mappings) {
    if (Math.max(0, moves(mapping) - (problem.maxMigrations ?? 99)) > fewest) continue;
    const choices = problem.demands.map(({ source, destination }, demand) =>
      pathsOf(problem, demand, mapping[source] as number, mapping[destination] as number),
    );
    for (const paths of product(choices)) {
      if (!keepsFastPath(problem, paths)) continue;
      const worth = worthOf(problem, mapping, paths, place);
      if (best === null || isBetter(worth, best, place)) best = worth;
    }
  }
  return best;
}

export function isBetter(a: Worth, b: Worth, place: number): boolean {
  if (Math.abs(a.unmetMbps - b.unmetMbps) > 1e-5) return a.unmetMbps < b.unmetMbps;
  const goals = goalsOf(place);
  for (const [rank, goal] of goals.entries()) {
    const difference = (a.values[rank] as number) - (b.values[rank] as number);
    if (Math.abs(difference) > 1e-6) return goal === 'maximise' ? difference > 0 : difference < 0;
  }
  return false;
}

function goalsOf(place: number): ('maximise' | 'minimise')[] {
  const spec = objectives[place % objectives.length];
  return spec === undefined ? [] : [spec.goal, ...(spec.tieBreaks ?? []).map(({ goal }) => goal)];
}

/** Mappings that keep all constraints but those on links. */
function allMappings(problem: Problem): number[][] {
  const constraints = constraintsOf(problem).filter(({ kind }) => kind !== 'longest-migration');
  const names = problem.vms.map(({ name }) => name);
  return product(problem.vms.map(({ allowed }) => allowed)).filter((mapping) => {
    const vms = problem.vms.map((vm, v) => ({ ...vm, allowed: [mapping[v] as number] }));
    if (!isInTime(problem, mapping)) return false;
    return hasMapping({ ...problem, vms }, constraints, names, () => 0);
  });
}

/** A VM whose state changes faster than any path carries cannot migrate there. */
function isInTime(problem: Problem, mapping: readonly number[]): boolean {
  return problem.vms.every(({ current, migration }, vm) => {
    const host = mapping[vm] as number;
    if (!migration || migration.stateMib === 0 || current === null || current === host) return true;
    const widths = simplePaths(problem, current, host).map((path) =>
      Math.min(...usedBy(problem, path).map((r) => problem.resources[r]?.capacityMbps as number)),
    );
    return Math.max(0, ...widths) > migration.dirtyMbps;
  });
}

/** Every path without loops; and none at all, where the one over the Proxy misses an edge. */
function pathsOf(problem: Problem, demand: number, from: number, to: number): number[][] {
  if (from === to) return [[from]];
  const proxy = problem.vms[problem.demands[demand]?.source as number]?.proxy as number;
  const star = from === proxy || to === proxy ? [from, to] : [from, proxy, to];
  const found = simplePaths(problem, from, to);
  return found.some((path) => path.join() === star.join()) ? found : [...found, []];
}

function edgesOf(problem: Problem, path: readonly number[]) {
  return path.slice(1).map((to, hop) => {
    const edge = problem.edges.findIndex((each) => each.from === path[hop] && each.to === to);
    if (edge < 0) throw new Error('a path misses an edge');
    return edge;
  });
}

/** With repetition. */
function usedBy(problem: Problem, path: readonly number[]): number[] {
  if (path.length === 1) return [problem.hosts[path[0] as number]?.internal as number];
  return edgesOf(problem, path).flatMap((edge) => problem.edges[edge]?.resources ?? []);
}

function latencyOf(problem: Problem, path: readonly number[]): number {
  return edgesOf(problem, path).reduce((sum, edge) => sum + (problem.edges[edge]?.latencyMs as number), 0);
}

function worthOf(problem: Problem, mapping: readonly number[], paths: readonly number[][], place: number): Worth {
  const { demands, resources, confidence } = problem;
  const used = paths.map((path) => usedBy(problem, path));
  const load = resources.map(() => 0);
  const variance = resources.map(({ deviationMbps = 0 }) => deviationMbps ** 2);
  used.forEach((list, demand) => {
    for (const r of list) {
      load[r] = (load[r] as number) + (demands[demand]?.rateMbps as number);
      variance[r] = (variance[r] as number) + (demands[demand]?.deviationMbps ?? 0) ** 2;
    }
  });
  const z = confidence === undefined ? 0 : sigmas;
  const capacity = (r: number) => resources[r]?.capacityMbps as number;
  const strain = (r: number) =>
    (load[r] as number) <= 0 ? 0 : (load[r] as number) + z * Math.sqrt(variance[r] as number);
  const left = (list: readonly number[]) =>
    list.length === 0 ? 0 : Math.max(0, Math.min(...list.map((r) => capacity(r) - (load[r] as number))));
  let unmetMbps = 0;
  paths.forEach((path, demand) => {
    const { rateMbps, maxLatencyMs = Number.POSITIVE_INFINITY } = demands[demand] as Problem['demands'][0];
    const shares = (used[demand] ?? []).map((r) => (strain(r) > capacity(r) ? 1 - capacity(r) / strain(r) : 0));
    const isServed = path.length > 0 && latencyOf(problem, path) <= maxLatencyMs + 1e-9;
    unmetMbps += isServed ? rateMbps * Math.max(0, ...shares) : rateMbps;
  });
  const links = new Set(paths.flatMap((path) => edgesOf(problem, path)));
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const room = sum(used.map(left));
  const edges = sum([...links].map((edge) => left(problem.edges[edge]?.resources ?? [])));
  const hops = sum(paths.map((path) => Math.max(0, path.length - 1)));
  const delay = sum(paths.map((path, demand) => (demands[demand]?.rateMbps as number) * latencyOf(problem, path)));
  const least = paths.length === 0 ? 0 : Math.min(...used.map(left));
  const hosts = new Set(mapping).size;
  const values = [[room], [room], [edges], [edges], [room, hops], [delay], [hosts, least]];
  return { unmetMbps, values: values[place % values.length] as number[] };
}

function keepsFastPath(problem: Problem, paths: readonly number[][]): boolean {
  const { fastPath, demands, vms } = problem;
  if (fastPath === null) return true;
  const proxies = new Set(vms.map(({ proxy }) => proxy));
  const linksOf = (path: readonly number[]) =>
    path.slice(1).flatMap((b, hop) => {
      const a = path[hop] as number;
      return proxies.has(a) || proxies.has(b) ? [] : [Math.min(a, b) * 100 + Math.max(a, b)];
    });
  if (fastPath.kind === 'count') return new Set(paths.flatMap(linksOf)).size <= fastPath.links;
  const rate = (demand: number) => demands[demand]?.rateMbps as number;
  const used = paths.reduce((sum, path, demand) => sum + (linksOf(path).length > 0 ? rate(demand) : 0), 0);
  const all = demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  return used <= (fastPath.kind === 'bandwidth' ? fastPath.mbps : fastPath.share * all) + 1e-6;
}

function product<T>(choices: readonly (readonly T[])[]): T[][] {
  return choices.reduce<T[][]>((lists, items) => lists.flatMap((list) => items.map((item) => [...list, item])), [[]]);
}
