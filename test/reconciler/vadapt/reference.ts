import type { Problem, ProblemObjective, ProblemScore, Solution } from '../../../reconciler/model/problem.js';

// An evaluator, a verifier and a brute-force solver written from the definitions alone; they share nothing with the solver.

type Paths = readonly (readonly number[])[];

/** Resources a path uses, with repetition; null if it misses an edge. */
function usedBy(problem: Problem, path: readonly number[]): number[] | null {
  if (path.length === 1) return [problem.hosts[path[0] as number]?.internal as number];
  const used: number[] = [];
  for (let hop = 1; hop < path.length; hop++) {
    const edge = problem.edges.find((each) => each.from === path[hop - 1] && each.to === path[hop]);
    if (!edge) return null;
    used.push(...edge.resources);
  }
  return used;
}

export function referenceScore(problem: Problem, paths: Paths): ProblemScore {
  const used = paths.map((path) => usedBy(problem, path));
  const load = problem.resources.map(() => 0);
  paths.forEach((_, demand) => {
    const rate = problem.demands[demand]?.rateMbps as number;
    for (const resource of used[demand] ?? []) load[resource] = (load[resource] as number) + rate;
  });
  const left = (resource: number) => (problem.resources[resource]?.capacityMbps as number) - (load[resource] as number);
  let unmetMbps = 0;
  let objectiveMbps = 0;
  used.forEach((resources, demand) => {
    const rate = problem.demands[demand]?.rateMbps as number;
    const lost = (resources ?? []).map((resource) =>
      left(resource) < 0 ? -left(resource) / (load[resource] as number) : 0,
    );
    unmetMbps += resources === null ? rate : rate * Math.max(0, ...lost);
    if (problem.objective.level === 'path' && resources !== null)
      objectiveMbps += Math.max(0, Math.min(...resources.map(left)));
  });
  if (problem.objective.level === 'edge') {
    const isUsed = (from: number, to: number) =>
      paths.some(
        (path, demand) => used[demand] !== null && path.some((host, i) => host === from && path[i + 1] === to),
      );
    for (const { from, to, resources } of problem.edges)
      if (isUsed(from, to)) objectiveMbps += Math.max(0, Math.min(...resources.map(left)));
  }
  return { unmetMbps, values: [objectiveMbps] };
}

/** Whether `a` is better than `b` by more than rounding. */
export function isClearlyBetter({ goal }: ProblemObjective, a: ProblemScore, b: ProblemScore): boolean {
  if (Math.abs(a.unmetMbps - b.unmetMbps) > 1e-5) return a.unmetMbps < b.unmetMbps;
  const more = (a.values[0] as number) - (b.values[0] as number);
  return (goal === 'maximise' ? more : -more) > 1e-4;
}

/** Everything that is wrong with a solution. */
export function breaches(problem: Problem, { mapping, paths }: Pick<Solution, 'mapping' | 'paths'>): string[] {
  return [
    ...mappingBreaches(problem, mapping),
    ...pathBreaches(problem, mapping, paths),
    ...fastPathBreaches(problem, paths),
  ];
}

function mappingBreaches(problem: Problem, mapping: readonly number[]): string[] {
  const found = mapping.length === problem.vms.length ? [] : ['a VM is not mapped'];
  problem.vms.forEach((vm, v) => {
    if (!vm.allowed.includes(mapping[v] as number)) found.push(`${vm.name} is not allowed on host ${mapping[v]}`);
  });
  problem.hosts.forEach((host, h) => {
    const guests = problem.vms.filter((_, v) => mapping[v] === h);
    if (guests.reduce((sum, vm) => sum + vm.computeCores, 0) > host.computeCores + 1e-6)
      found.push(`compute of ${host.name}`);
    if (guests.reduce((sum, vm) => sum + vm.memoryMib, 0) > host.memoryMib + 1e-6) found.push(`memory of ${host.name}`);
    if (guests.length > (host.maxGuests ?? guests.length)) found.push(`guests of ${host.name}`);
  });
  return found;
}

function pathBreaches(problem: Problem, mapping: readonly number[], paths: Paths): string[] {
  return problem.demands.flatMap(({ source, destination }, demand) => {
    const path = paths[demand] ?? [];
    const [from, to] = [mapping[source] as number, mapping[destination] as number];
    if (path[0] !== from || path.at(-1) !== to) return [`path ${demand} does not join its VMs`];
    if (new Set(path).size !== path.length) return [`path ${demand} visits a host twice`];
    const isStar = path.join() === starOf(problem, demand, from, to).join();
    return usedBy(problem, path) === null && !isStar ? [`path ${demand} misses an edge`] : [];
  });
}

function starOf(problem: Problem, demand: number, from: number, to: number): number[] {
  const proxy = problem.vms[problem.demands[demand]?.source as number]?.proxy as number;
  if (from === to) return [from];
  return from === proxy || to === proxy ? [from, to] : [from, proxy, to];
}

function fastPathBreaches(problem: Problem, paths: Paths): string[] {
  const { fastPath, demands, vms } = problem;
  if (fastPath === null) return [];
  const proxies = new Set(vms.map((vm) => vm.proxy));
  const linksOf = (path: readonly number[]) =>
    path.slice(1).flatMap((b, hop) => {
      const a = path[hop] as number;
      return proxies.has(a) || proxies.has(b) ? [] : [[a, b].sort((x, y) => x - y).join('-')];
    });
  const rate = (wanted: (path: readonly number[]) => boolean) =>
    paths.reduce((sum, path, demand) => sum + (wanted(path) ? (demands[demand]?.rateMbps as number) : 0), 0);
  const used = rate((path) => linksOf(path).length > 0);
  const within = {
    count: () => fastPath.kind === 'count' && new Set(paths.flatMap(linksOf)).size <= fastPath.links,
    'intensity-share': () => fastPath.kind === 'intensity-share' && used <= fastPath.share * rate(() => true) + 1e-6,
    bandwidth: () => fastPath.kind === 'bandwidth' && used <= fastPath.mbps + 1e-6,
  }[fastPath.kind]();
  return within ? [] : [`constraint c (${fastPath.kind})`];
}

/** The best score of any configuration, from all of them; null if no mapping is feasible. For very small problems. */
export function bruteForce(problem: Problem): ProblemScore | null {
  let best: ProblemScore | null = null;
  for (const mapping of mappings(problem)) {
    const choices = problem.demands.map(({ source, destination }, demand) =>
      pathsBetween(problem, demand, mapping[source] as number, mapping[destination] as number),
    );
    for (const paths of product(choices)) {
      if (fastPathBreaches(problem, paths).length > 0) continue;
      const score = referenceScore(problem, paths);
      if (best === null || isClearlyBetter(problem.objective, score, best)) best = score;
    }
  }
  return best;
}

function* mappings(problem: Problem): Generator<number[]> {
  for (const mapping of product(problem.vms.map((vm) => vm.allowed)))
    if (mappingBreaches(problem, mapping).length === 0) yield mapping;
}

function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = choices;
  if (first === undefined) yield [];
  else for (const tail of product(rest)) for (const item of first) yield [item, ...tail];
}

function pathsBetween(problem: Problem, demand: number, from: number, to: number): number[][] {
  const star = starOf(problem, demand, from, to);
  if (from === to) return [star];
  const found = simplePaths(problem, from, to);
  return found.some((path) => path.join() === star.join()) ? found : [...found, star];
}

/** All paths without loops, as hosts. */
export function simplePaths(problem: Problem, from: number, to: number): number[][] {
  const found: number[][] = [];
  const walk = (path: number[]): void => {
    if (path.at(-1) === to) found.push(path);
    else
      for (const edge of problem.edges)
        if (edge.from === path.at(-1) && !path.includes(edge.to)) walk([...path, edge.to]);
  };
  walk([from]);
  return found;
}
