import type {
  LinkNetwork,
  PlacementProblem,
  SolveHost,
  SolveLimits,
  SolveVm,
} from '../../../schema/generated/types.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type {
  Distances,
  FastPathConstraint,
  Problem,
  ProblemEdge,
  ProblemHost,
  ProblemVm,
  Resource,
} from '../../model/problem.js';
import { AllowedHosts } from './allowed-hosts.js';

const notLimited = Number.POSITIVE_INFINITY;
/** As in the schema. */
const defaultInternalMbps = 10_000;

/** The problem of a file in indices: everything by its place in the lists of the file, resources inside hosts first. */
export function indexedProblem(file: PlacementProblem, ranks: readonly ObjectiveRank[]): Problem {
  const hostAt = placesOf(file.hosts);
  const vmAt = placesOf(file.vms);
  const sites = sitesOf(file.hosts);
  const allowed = new AllowedHosts(file.hosts, hostAt);
  const { network, limits = {}, confidence } = file;
  const { star } = network as LinkNetwork;
  const proxy = star === undefined ? 0 : placeIn(hostAt, star);
  const { level, goal } = file.objective ?? { level: 'path', goal: 'maximise' };
  return {
    hosts: file.hosts.map((host, place) => indexedHost(host, place, sites[place] as number)),
    vms: file.vms.map((vm) => indexedVm(vm, { hostAt, allowed, proxy })),
    demands: (file.demands ?? []).map(({ from, to, ...demand }) => ({
      source: placeIn(vmAt, from),
      destination: placeIn(vmAt, to),
      ...demand,
    })),
    ...networkOf(file, hostAt),
    objective: { level, goal, ranks },
    ...(file.groups && {
      groups: file.groups.map(({ name, kind, within = 'host', vms }) => ({
        ...{ name, kind, within },
        vms: vms.map((vm) => placeIn(vmAt, vm)),
      })),
    }),
    ...(confidence !== undefined && { confidence }),
    fastPath: fastPathOf(limits),
    ...budgetOf(limits),
  };
}

type Places = ReadonlyMap<string, number>;

function placesOf(list: readonly { name: string }[]): Places {
  return new Map(list.map(({ name }, place) => [name, place]));
}

function placeIn(places: Places, name: string): number {
  const place = places.get(name);
  if (place === undefined) throw new Error(`${name} was not checked to be there`);
  return place;
}

/** Place of each host's site among all sites; a host without one is a site of its own. */
function sitesOf(hosts: readonly SolveHost[]): number[] {
  const numbers = new Map<string, number>();
  let count = 0;
  return hosts.map(({ site }) => {
    const known = site === undefined ? undefined : numbers.get(site);
    if (known !== undefined) return known;
    if (site !== undefined) numbers.set(site, count);
    return count++;
  });
}

function indexedHost(host: SolveHost, internal: number, site: number): ProblemHost {
  const { name, computeCores = notLimited, memoryMib = notLimited, maxGuests = null, diskGib } = host;
  return { name, computeCores, memoryMib, maxGuests, site, ...(diskGib !== undefined && { diskGib }), internal };
}

function indexedVm(
  vm: SolveVm,
  { hostAt, allowed, proxy }: { hostAt: Places; allowed: AllowedHosts; proxy: number },
): ProblemVm {
  const { name, host, computeCores = 0, memoryMib = 0, diskGib, migration } = vm;
  return {
    ...{ name, computeCores, memoryMib },
    current: host === undefined ? null : placeIn(hostAt, host),
    allowed: allowed.of(vm),
    proxy,
    ...(diskGib !== undefined && { diskGib }),
    ...(migration && { migration: { dirtyMbps: 0, ...migration } }),
  };
}

function networkOf(
  { network, hosts }: PlacementProblem,
  hostAt: Places,
): Pick<Problem, 'resources' | 'edges' | 'distances'> {
  const inside = hosts.map(
    ({ name, internalMbps = defaultInternalMbps }): Resource => ({
      name: `inside ${name}`,
      capacityMbps: internalMbps,
    }),
  );
  if ('links' in network) return linksOf(network, inside, hostAt);
  return { resources: inside, edges: [], distances: distancesOf(network, hosts) };
}

function linksOf({ shared = [], links }: LinkNetwork, inside: readonly Resource[], hostAt: Places) {
  const resources: Resource[] = [...inside, ...shared];
  const sharedAt = new Map(shared.map(({ name }, place) => [name, inside.length + place]));
  const edges = links.map((link): ProblemEdge => {
    const { from, to, capacityMbps, deviationMbps, through = [], latencyMs = 0, isReserved = false } = link;
    const used = through.map((name) => placeIn(sharedAt, name));
    if (capacityMbps !== undefined) {
      const own = { name: `${from} to ${to}`, capacityMbps, ...(deviationMbps !== undefined && { deviationMbps }) };
      used.push(resources.push(own) - 1);
    }
    const ends = { from: placeIn(hostAt, from), to: placeIn(hostAt, to) };
    return { ...ends, resources: used, latencyMs, ...(isReserved && { isReserved }) };
  });
  return { resources, edges };
}

function distancesOf(
  network: Exclude<PlacementProblem['network'], LinkNetwork>,
  hosts: readonly SolveHost[],
): Distances {
  if ('latencyMs' in network) return { kind: 'matrix', latencyMs: network.latencyMs };
  const levels = network.levels.map(({ name, latencyMs }, level) => {
    const numbers = new Map<string, number>();
    const zoneOf = hosts.map(({ zones = [] }) => {
      const zone = zones[level] as string;
      const number = numbers.get(zone) ?? numbers.size;
      numbers.set(zone, number);
      return number;
    });
    return { name, zoneOf, latencyMs };
  });
  return { kind: 'zones', levels, beyondMs: network.beyondMs };
}

function fastPathOf({ fastPathLinks }: SolveLimits): FastPathConstraint | null {
  if (fastPathLinks === undefined) return null;
  const { count, intensityShare, bandwidthMbps = 0 } = fastPathLinks;
  if (count !== undefined) return { kind: 'count', links: count };
  if (intensityShare !== undefined) return { kind: 'intensity-share', share: intensityShare };
  return { kind: 'bandwidth', mbps: bandwidthMbps };
}

function budgetOf({ moves, migrationSeconds, migrationMib }: SolveLimits): Pick<Problem, 'migrationBudget'> {
  const budget = {
    ...(moves !== undefined && { moves }),
    ...(migrationSeconds !== undefined && { seconds: migrationSeconds }),
    ...(migrationMib !== undefined && { mib: migrationMib }),
  };
  return Object.keys(budget).length > 0 ? { migrationBudget: budget } : {};
}
