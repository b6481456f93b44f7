import { type Configuration, starPath } from '../model/configuration.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Problem, Solution } from '../model/problem.js';
import type { Running } from './running.js';

/** What runs, in the problem's indices; null while some VM runs nowhere. Demands without a path of their own ride the star. */
export function inIndices(problem: Problem, configuration: Configuration, current: FleetState): Running | null {
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
  return { mapping, paths, links: linksIn(current, hostIndex) };
}

/** Pairs of hosts that have a link to each other. */
function linksIn(current: FleetState, hostIndex: ReadonlyMap<string, number>): Running['links'] {
  return [...current].flatMap(([host, { links }]) => {
    const from = hostIndex.get(host);
    return [...links.keys()].flatMap((peer): Running['links'] => {
      const to = hostIndex.get(peer);
      return from === undefined || to === undefined || !current.get(peer)?.links.has(host) ? [] : [[from, to]];
    });
  });
}

/** A solution in names; paths over the star are left out. */
export function inNames(problem: Problem, solution: Solution): Configuration {
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
