import type { PlacementProblem, Solved, SolveGroup } from '../../../schema/generated/types.js';
import { networkOf, type VerifiedNetwork } from './verifier-network.js';
import { trafficOf } from './verifier-traffic.js';
import { migrationSeconds, ranksOf, valuesOf } from './verifier-values.js';

// Judges an answer to a problem by what the format says alone, in names as they are written. It shares nothing with any solver.

const tolerance = 1e-6;

/** What a configuration needs to be judged. */
export type Configuration = Pick<Solved, 'mapping' | 'paths'>;

/** Everything that is wrong with an answer: constraints that it breaks, and figures that are not what it says. */
export function faultsOf(file: PlacementProblem, answer: Solved): string[] {
  const broken = breachesOf(file, answer);
  return broken.length > 0 ? broken : figureFaults(file, answer);
}

/** The constraints that a configuration breaks. */
export function breachesOf(file: PlacementProblem, { mapping, paths }: Configuration): string[] {
  const isListed = mapping.length === file.vms.length && mapping.every(({ vm }, place) => vm === file.vms[place]?.name);
  const hosts = new Set(file.hosts.map(({ name }) => name));
  if (!isListed || !mapping.every(({ host }) => hosts.has(host))) return ['the mapping is not one of all VMs to hosts'];
  if (paths.length !== (file.demands ?? []).length) return ['the paths are not one for each demand'];
  const hostOf = new Map(mapping.map(({ vm, host }) => [vm, host]));
  const network = networkOf(file);
  return [
    ...roomBreaches(file, hostOf),
    ...placementBreaches(file, hostOf),
    ...(file.groups ?? []).flatMap((group) => groupBreaches(file, group, hostOf)),
    ...budgetBreaches(file, network, mapping),
    ...pathBreaches(file, network, paths, hostOf),
    ...fastPathBreaches(file, network, paths),
  ];
}

/** What a configuration is worth: unmet demand, then the values of the ranks. */
export function worthOf(
  file: PlacementProblem,
  { mapping, paths }: Configuration,
): { unmetMbps: number; values: number[] } {
  const network = networkOf(file);
  const routes = paths.map(({ hosts }) => hosts);
  const traffic = trafficOf(file, network, routes);
  const expressions = ranksOf(file).map(({ expression }) => expression);
  const hosts = mapping.map(({ host }) => host);
  const values = valuesOf(file, expressions, network, traffic, hosts);
  return { unmetMbps: traffic.unmetMbps.reduce((sum, each) => sum + each, 0), values };
}

function roomBreaches({ hosts, vms }: PlacementProblem, hostOf: ReadonlyMap<string, string>): string[] {
  const guests = new Map<string, PlacementProblem['vms']>();
  for (const vm of vms) {
    const host = hostOf.get(vm.name) as string;
    const list = guests.get(host) ?? [];
    list.push(vm);
    guests.set(host, list);
  }
  return hosts.flatMap((host) => {
    const on = guests.get(host.name) ?? [];
    const over = (['computeCores', 'memoryMib', 'diskGib'] as const).filter((what) => {
      const used = on.reduce((sum, vm) => sum + (vm[what] ?? 0), 0);
      const has = host[what] ?? Number.POSITIVE_INFINITY;
      return used > has + tolerance * Math.max(1, Math.min(has, 1e3));
    });
    const isFull = on.length > (host.maxGuests ?? Number.POSITIVE_INFINITY);
    return [...over, ...(isFull ? ['maxGuests'] : [])].map((what) => `${what} of ${host.name}`);
  });
}

function placementBreaches({ hosts, vms }: PlacementProblem, hostOf: ReadonlyMap<string, string>): string[] {
  const siteOf = new Map(hosts.map(({ name, site }) => [name, site]));
  return vms.flatMap((vm) => {
    const host = hostOf.get(vm.name) as string;
    const found: string[] = [];
    if (vm.pin !== undefined && vm.pin !== host) found.push(`pin of ${vm.name}`);
    if (vm.hosts && !vm.hosts.includes(host)) found.push(`hosts of ${vm.name}`);
    if (vm.sites && !vm.sites.includes(siteOf.get(host) ?? '')) found.push(`sites of ${vm.name}`);
    return found;
  });
}

function groupBreaches(
  { hosts }: PlacementProblem,
  { name, kind, within = 'host', vms }: SolveGroup,
  hostOf: ReadonlyMap<string, string>,
): string[] {
  const siteOf = new Map(hosts.map((host) => [host.name, host.site ?? `\n${host.name}`]));
  const places = vms.map((vm) => hostOf.get(vm) as string).map((host) => (within === 'host' ? host : siteOf.get(host)));
  const count = new Set(places).size;
  return count === (kind === 'together' ? 1 : vms.length) ? [] : [`group ${name}`];
}

function budgetBreaches(file: PlacementProblem, network: VerifiedNetwork, mapping: Solved['mapping']): string[] {
  const { moves, migrationSeconds: mostSeconds, migrationMib } = file.limits ?? {};
  const seconds = migrationSeconds(
    file,
    network,
    mapping.map(({ host }) => host),
  );
  const moved = file.vms.filter(({ host }, place) => host !== undefined && host !== mapping[place]?.host);
  const told = mapping.filter(({ vm, from }, place) => {
    const { host } = file.vms[place] as PlacementProblem['vms'][number];
    return from !== (host === mapping[place]?.host ? undefined : host) || vm !== file.vms[place]?.name;
  });
  const beyond = (value: number, limit = Number.POSITIVE_INFINITY) => value > limit * (1 + tolerance) + tolerance;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  // A migration that never ends is none.
  const slow = file.vms.filter(({ migration }, place) =>
    beyond(seconds[place] as number, migration?.maxSeconds ?? 1e10),
  );
  return [
    ...told.map(({ vm }) => `from of ${vm}`),
    ...(moved.length > (moves ?? Number.POSITIVE_INFINITY) ? [`moves: ${moved.length}`] : []),
    ...(beyond(sum(seconds), mostSeconds) ? ['migrationSeconds'] : []),
    ...(beyond(sum(moved.map(({ migration }) => migration?.stateMib ?? 0)), migrationMib) ? ['migrationMib'] : []),
    ...slow.map(({ name }) => `maxSeconds of ${name}`),
  ];
}

function pathBreaches(
  file: PlacementProblem,
  network: VerifiedNetwork,
  paths: Solved['paths'],
  hostOf: ReadonlyMap<string, string>,
): string[] {
  const demands = file.demands ?? [];
  const star = 'links' in file.network ? file.network.star : undefined;
  return demands.flatMap(({ from, to }, place) => {
    const path = paths[place] as Solved['paths'][number];
    const what = `path ${place} from ${from} to ${to}`;
    const { hosts } = path;
    if (path.from !== from || path.to !== to) return [`${what} is that of another demand`];
    if (hosts[0] !== hostOf.get(from) || hosts.at(-1) !== hostOf.get(to)) return [`${what} does not join its VMs`];
    if (new Set(hosts).size !== hosts.length) return [`${what} visits a host twice`];
    if (!network.hasCapacities && hosts.length > 2) return [`${what} takes a detour`];
    const isWhole = hosts.slice(1).every((next, hop) => network.edge(hosts[hop] as string, next) !== null);
    const isStar = hosts.length <= 3 && (hosts.length < 3 || star === undefined || hosts[1] === star);
    return isWhole || isStar ? [] : [`${what} misses a link`];
  });
}

function fastPathBreaches(file: PlacementProblem, network: VerifiedNetwork, paths: Solved['paths']): string[] {
  const limit = file.limits?.fastPathLinks;
  if (limit === undefined) return [];
  const linksOf = ({ hosts }: Solved['paths'][number]) =>
    hosts.slice(1).flatMap((to, hop) => network.edge(hosts[hop] as string, to)?.fastPath ?? []);
  const count = new Set(paths.flatMap(linksOf)).size;
  const rate = (wanted: (place: number) => boolean) =>
    (file.demands ?? []).reduce((sum, { rateMbps }, place) => sum + (wanted(place) ? rateMbps : 0), 0);
  const used = rate((place) => linksOf(paths[place] as Solved['paths'][number]).length > 0);
  const most = limit.intensityShare === undefined ? limit.bandwidthMbps : limit.intensityShare * rate(() => true);
  if (count > (limit.count ?? Number.POSITIVE_INFINITY)) return [`fastPathLinks: ${count} links`];
  return used > (most ?? Number.POSITIVE_INFINITY) * (1 + tolerance) + tolerance ? [`fastPathLinks: ${used} Mb/s`] : [];
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

function figureFaults(file: PlacementProblem, answer: Solved): string[] {
  const { unmetMbps, values } = worthOf(file, answer);
  const ranks = ranksOf(file);
  const found: string[] = [];
  if (!isNear(unmetMbps, answer.unmetMbps)) found.push(`unmetMbps is ${unmetMbps}, not ${answer.unmetMbps}`);
  if (answer.objective.length !== ranks.length) found.push(`there are ${ranks.length} ranks`);
  answer.objective.forEach(({ value, goal, expression, terms }, rank) => {
    if (goal !== ranks[rank]?.goal || expression !== ranks[rank]?.expression) found.push(`rank ${rank} is another`);
    if (!isNear(value, values[rank] as number)) found.push(`rank ${rank} is ${values[rank]}, not ${value}`);
    const sum = terms.reduce((total, term) => total + term.value, 0);
    const size = terms.reduce((total, term) => total + Math.abs(term.value), 0);
    if (Math.abs(sum - value) > tolerance * Math.max(1, size)) found.push(`terms of rank ${rank} add up to ${sum}`);
  });
  return [...found, ...boundFaults(answer, ranks[0]?.goal ?? 'maximise', unmetMbps, values[0] as number)];
}

function boundFaults(
  { bound, gap, isProved }: Solved,
  goal: 'maximise' | 'minimise',
  unmetMbps: number,
  value: number,
): string[] {
  const found: string[] = [];
  if (bound.unmetMbps > unmetMbps + tolerance * Math.max(1, unmetMbps)) found.push('less is unmet than the bound says');
  const isLeast = isNear(bound.unmetMbps, unmetMbps);
  if (bound.value === null || !isLeast) {
    if (gap !== null) found.push('there is a gap to nothing');
    return found;
  }
  const lacks = goal === 'maximise' ? bound.value - value : value - bound.value;
  const size = Math.max(Math.abs(bound.value), Math.abs(value));
  if (lacks < -tolerance * Math.max(1, size)) found.push(`the value ${value} is better than its bound ${bound.value}`);
  if (gap === null || !isNear(gap, size === 0 ? 0 : Math.max(0, lacks) / size)) found.push(`the gap is not ${gap}`);
  if (isProved && lacks > 1e-3 * Math.max(1, size)) found.push('it is said to be proved, with a gap');
  return found;
}
