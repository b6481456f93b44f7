import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type {
  FastPathConstraint,
  Problem,
  ProblemDemand,
  ProblemEdge,
  ProblemHost,
  ProblemObjective,
  Resource,
} from '../../../reconciler/model/problem.js';

const isDomain2 = (host: number) => host >= 3;

/** Rate between two VMs of Fig. 14: the first three talk much, the fourth little; each ordered pair in turn. */
function fig14Demands(): ProblemDemand[] {
  const ordered = [0, 1, 2, 3].flatMap((source) => [0, 1, 2, 3].map((destination) => ({ source, destination })));
  return ordered
    .filter(({ source, destination }) => source !== destination)
    .map((pair) => ({ ...pair, rateMbps: pair.source === 3 || pair.destination === 3 ? 5 : 50 }));
}

/** Fig. 14 without its network: six hosts for one VM each, the Proxy on the first, the application scattered over both domains. */
function fig14Application(): Omit<Problem, 'edges'> {
  const resources: Resource[] = [];
  const hosts = [0, 1, 2, 3, 4, 5].map((host): ProblemHost => {
    resources.push({ name: `host-${host + 1} internal`, capacityMbps: 10000 });
    return { name: `host-${host + 1}`, computeCores: 4, memoryMib: 4096, maxGuests: 1, internal: host };
  });
  return {
    hosts,
    vms: [1, 3, 4, 5].map((current, vm) => ({
      name: `vm-${vm + 1}`,
      computeCores: 1,
      memoryMib: 1024,
      current,
      allowed: [0, 1, 2, 3, 4, 5],
      proxy: 0,
    })),
    demands: fig14Demands(),
    resources,
    objective: { level: 'path', goal: 'maximise' },
    fastPath: null,
  };
}

/** Fig. 14 as printed: every edge has a capacity of its own, 100 Mb/s within domain 1, 1000 within 2, 10 between. */
export function fig14IndependentEdges(): Problem {
  const problem = fig14Application();
  const edges = orderedPairs(6).map(([from, to]): ProblemEdge => {
    const capacityMbps = isDomain2(from) !== isDomain2(to) ? 10 : isDomain2(from) ? 1000 : 100;
    problem.resources.push({ name: `${from}>${to}`, capacityMbps });
    return { from, to, resources: [problem.resources.length - 1], latencyMs: 1 };
  });
  return { ...problem, edges };
}

/** Fig. 14 as it would be built: interfaces of 100 and 1000 Mb/s, and one WAN of 10 Mb/s that all edges between domains share. */
export function fig14SharedWan(): Problem {
  const problem = fig14Application();
  const add = (name: string, capacityMbps: number) => problem.resources.push({ name, capacityMbps }) - 1;
  const interfaceMbps = (host: number) => (isDomain2(host) ? 1000 : 100);
  const sending = problem.hosts.map(({ name }, host) => add(`${name} sending`, interfaceMbps(host)));
  const receiving = problem.hosts.map(({ name }, host) => add(`${name} receiving`, interfaceMbps(host)));
  const wan = [add('wan from domain-1', 10), add('wan from domain-2', 10)];
  const edges = orderedPairs(6).map(([from, to]): ProblemEdge => {
    const trunk = isDomain2(from) === isDomain2(to) ? [] : [wan[isDomain2(from) ? 1 : 0] as number];
    const resources = [sending[from] as number, receiving[to] as number, ...trunk];
    return { from, to, resources, latencyMs: trunk.length > 0 ? 20 : 1 };
  });
  return { ...problem, edges };
}

export interface RandomShape {
  hosts: number;
  vms: number;
  demands: number;
  objective?: ProblemObjective;
  fastPath?: FastPathConstraint | null;
}

/**
 * A problem drawn from a seed: hosts of uneven size at two sites, interfaces, a trunk that may be narrow, some edges missing,
 * some VMs confined to some hosts. It may be infeasible.
 */
export function randomProblem(seed: number, shape: RandomShape): Problem {
  const random = xoroshiro128plus(seed);
  const draw = (from: number, to: number) => uniformInt(random, from, to);
  const resources: Resource[] = [];
  const add = (name: string, capacityMbps: number) => resources.push({ name, capacityMbps }) - 1;
  const hosts = Array.from(
    { length: shape.hosts },
    (_, host): ProblemHost => ({
      name: `host-${host}`,
      computeCores: draw(1, 4),
      memoryMib: 1024 * draw(1, 4),
      maxGuests: draw(0, 2) === 0 ? draw(1, 2) : null,
      internal: add(`host-${host} internal`, draw(50, 400)),
    }),
  );
  const interfaces = hosts.map(({ name }) => [
    add(`${name} sending`, draw(20, 300)),
    add(`${name} receiving`, draw(20, 300)),
  ]);
  const trunk = add('trunk', draw(10, 200));
  const isFar = (host: number) => host % 2 === 1;
  const edges = orderedPairs(shape.hosts).flatMap(([from, to]): ProblemEdge[] => {
    if (draw(0, 19) === 0) return [];
    const own = add(`${from}>${to}`, draw(10, 300));
    const used = [own, interfaces[from]?.[0] as number, interfaces[to]?.[1] as number];
    return [{ from, to, resources: isFar(from) === isFar(to) ? used : [...used, trunk], latencyMs: draw(1, 50) }];
  });
  const all = hosts.map((_, host) => host);
  const proxy = draw(0, shape.hosts - 1);
  const vms = Array.from({ length: shape.vms }, (_, vm) => {
    const some = all.filter(() => draw(0, 3) > 0);
    const allowed = draw(0, 3) > 0 || some.length === 0 ? all : some;
    const current = draw(0, 3) === 0 ? null : draw(0, shape.hosts - 1);
    return { name: `vm-${vm}`, computeCores: draw(1, 4) / 2, memoryMib: 512 * draw(1, 3), current, allowed, proxy };
  });
  const demands = shuffledPairs(shape.vms, draw)
    .slice(0, shape.demands)
    .map(([source, destination]) => ({ source, destination, rateMbps: draw(1, 80) }));
  const objective = shape.objective ?? { level: 'path', goal: 'maximise' };
  return { hosts, vms, demands, resources, edges, objective, fastPath: shape.fastPath ?? null };
}

function orderedPairs(count: number): [number, number][] {
  const all = Array.from({ length: count }, (_, index) => index);
  return all.flatMap((a) => all.filter((b) => b !== a).map((b): [number, number] => [a, b]));
}

function shuffledPairs(count: number, draw: (from: number, to: number) => number): [number, number][] {
  return orderedPairs(count)
    .map((pair) => ({ pair, order: draw(0, 1_000_000) }))
    .sort((x, y) => x.order - y.order)
    .map(({ pair }) => pair);
}
