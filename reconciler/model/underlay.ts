import type { LinkPolicies } from '../../schema/link-policy/stated-policy.js';
import { type CarriagesOf, carriagesUnder } from './carriages.js';
import { remembered } from './derived.js';
import type { ProblemEdge, Resource } from './problem.js';
import type { Carriage, SnapshotHost, SnapshotInterface, SnapshotUnderlay } from './snapshot.js';

/** The physical network as overlay links meet it: directed edges between hosts, and the capacities that edges share. */
export interface Underlay {
  resources: Resource[];
  /** Both directions of every host pair that can have a link, by `from`, then `to`; hosts by their place in the list. */
  edges: UnderlayEdge[];
  /** For each host, the resource that its co-located VMs share. */
  internal: number[];
}

export interface UnderlayEdge extends ProblemEdge {
  /** Name of the underlay Network. */
  network: string;
  /** Address of `from`. */
  localAddress: string;
  /** Address of `to`. */
  remoteAddress: string;
  /** Names of the interfaces of `from` and `to`. */
  localDevice: string;
  remoteDevice: string;
  /** Sites at the ends of the trunk that it crosses; null within a site. */
  trunk: readonly [string, string] | null;
  /** How a link may cross it, the first choice first; none where a LinkPolicy leaves none. */
  carriages: readonly Carriage[];
  /** What the path says of links; undefined when nothing. */
  stated: Carriage | undefined;
}

/** What an underlay follows from of a host. */
type Placed = Pick<SnapshotHost, 'name' | 'site' | 'internalMbps' | 'interfaces'>;

/** The newest underlay of each set of Networks: there are as many edges as pairs of hosts, and hosts seldom change. */
const newest = new WeakMap<
  readonly SnapshotUnderlay[],
  { hosts: readonly Placed[]; policies: LinkPolicies | undefined; underlay: Underlay }
>();

/**
 * Edges and resources from the inventory's nominal figures. Both directions of a pair run between the same two interfaces,
 * those that the pair's first host prefers of which a link may be, because both are one link. For the same inventory it is the same
 * object.
 * @param policies left out: any link may be, as in the network itself
 */
export function underlayOf(
  hosts: readonly SnapshotHost[],
  underlays: readonly SnapshotUnderlay[],
  policies?: LinkPolicies,
): Underlay {
  const known = newest.get(underlays);
  if (known && known.policies === policies && isSameInventory(known.hosts, hosts)) return known.underlay;
  const underlay = builtUnderlay(hosts, underlays, carriagesUnder(policies));
  newest.set(underlays, { hosts, policies, underlay });
  return underlay;
}

function isSameInventory(before: readonly Placed[], now: readonly Placed[]): boolean {
  const isSame = ({ name, site, internalMbps, interfaces }: Placed, other: Placed | undefined) =>
    other?.interfaces === interfaces &&
    other.name === name &&
    other.site === site &&
    other.internalMbps === internalMbps;
  return before === now || (before.length === now.length && before.every((host, index) => isSame(host, now[index])));
}

function builtUnderlay(
  hosts: readonly SnapshotHost[],
  underlays: readonly SnapshotUnderlay[],
  carriagesOf: CarriagesOf,
): Underlay {
  const resources = new ResourceList();
  const internal = hosts.map((host) => resources.index(`${host.name} internal`, host.internalMbps));
  const paths = pathTable(underlays);
  const edges: UnderlayEdge[] = [];
  for (let a = 0; a < hosts.length; a++) {
    for (let b = a + 1; b < hosts.length; b++) {
      const route = routeBetween(at(hosts, a), at(hosts, b), paths, carriagesOf);
      if (!route) continue;
      edges.push(edgeOf(a, b, hosts, route, internal, resources));
      edges.push(edgeOf(b, a, hosts, { ...route, local: route.remote, remote: route.local }, internal, resources));
    }
  }
  edges.sort((x, y) => x.from - y.from || x.to - y.to);
  return { resources: resources.list, edges, internal };
}

const tables = new WeakMap<Underlay, (UnderlayEdge | undefined)[]>();

/** Look-up of edges by host indices. */
export function edgesByPair(underlay: Underlay): (from: number, to: number) => UnderlayEdge | undefined {
  const count = underlay.internal.length;
  const byPair = remembered(tables, underlay, () => {
    const table = new Array<UnderlayEdge | undefined>(count * count).fill(undefined);
    for (const edge of underlay.edges) table[edge.from * count + edge.to] = edge;
    return table;
  });
  return (from, to) => byPair[from * count + to];
}

/** The underlay with no other edges than those between these hosts, by name. It keeps all resources. */
export function withEdges(
  underlay: Underlay,
  hosts: readonly Pick<SnapshotHost, 'name'>[],
  paths: readonly { from: string; to: string }[],
): Underlay {
  const indices = new Map(hosts.map(({ name }, index) => [name, index]));
  const edgeBetween = edgesByPair(underlay);
  const edges = new Set(
    paths.flatMap(({ from, to }) => {
      const [a, b] = [indices.get(from), indices.get(to)];
      return (a !== undefined && b !== undefined && edgeBetween(a, b)) || [];
    }),
  );
  return { ...underlay, edges: [...edges].sort((x, y) => x.from - y.from || x.to - y.to) };
}

/**
 * Look-up of the resources that a frame uses on a path of host indices, in its order; one that it passes twice is there twice.
 * A path of one host uses that host's internal capacity. Null where two neighbours on the path have no edge.
 */
export function resourcesOfPath(underlay: Underlay): (hosts: readonly number[]) => number[] | null {
  const edgeBetween = edgesByPair(underlay);
  return (hosts) => {
    const [first] = hosts;
    if (hosts.length === 1 && first !== undefined) return [at(underlay.internal, first)];
    const used: number[] = [];
    for (let hop = 1; hop < hosts.length; hop++) {
      const edge = edgeBetween(at(hosts, hop - 1), at(hosts, hop));
      if (!edge) return null;
      used.push(...edge.resources);
    }
    return used.slice();
  };
}

/** What limits a frame from one host to another, by the names that resources have. */
export interface Places {
  /** The sender's interface. */
  out: string;
  /** What all hosts of the two sites share; null within a site. */
  trunk: string | null;
  /** What only these two hosts use, in this direction. */
  between: string;
  /** The receiver's interface. */
  into: string;
}

/** Places of an edge, whether or not the inventory states what they carry. */
export function placesOf(
  {
    from,
    to,
    network,
    localDevice,
    remoteDevice,
    trunk,
  }: Pick<UnderlayEdge, 'from' | 'to' | 'network' | 'localDevice' | 'remoteDevice' | 'trunk'>,
  hosts: readonly Pick<SnapshotHost, 'name' | 'site'>[],
): Places {
  const [sender, receiver] = [at(hosts, from), at(hosts, to)];
  return {
    out: `${sender.name}/${localDevice} out`,
    trunk: trunk && `${network} ${trunk.join('--')} out of ${sender.site}`,
    between: `${network} ${sender.name} -> ${receiver.name}`,
    into: `${receiver.name}/${remoteDevice} in`,
  };
}

/** What an underlay Network says of two sites; a trunk is shared by all paths between them. */
interface SitePath {
  rateMbps: number | null;
  latencyMs: number;
  carriage?: Carriage;
  trunk: [string, string] | null;
}

interface Route {
  network: string;
  local: SnapshotInterface;
  remote: SnapshotInterface;
  path: SitePath;
  carriages: readonly Carriage[];
}

const sitesKey = (network: string, a: string, b: string): string => [network, ...(a < b ? [a, b] : [b, a])].join(' ');

function pathTable(underlays: readonly SnapshotUnderlay[]): Map<string, SitePath> {
  const table = new Map<string, SitePath>();
  for (const { name, within, between } of underlays) {
    for (const { site, ...path } of within) table.set(sitesKey(name, site, site), { ...path, trunk: null });
    for (const { sites, ...path } of between) table.set(sitesKey(name, ...sites), { ...path, trunk: sites });
  }
  return table;
}

/** Over the first network on which a link may be; over the first that both are on, where it may be on none. */
function routeBetween(
  a: SnapshotHost,
  b: SnapshotHost,
  paths: Map<string, SitePath>,
  carriagesOf: CarriagesOf,
): Route | undefined {
  let first: Route | undefined;
  for (const local of a.interfaces) {
    const remote = b.interfaces.find((each) => each.network === local.network);
    const path = remote && paths.get(sitesKey(local.network, a.site, b.site));
    if (!path) continue;
    const carriages = carriagesOf(path.carriage, a.site, b.site);
    const route = { network: local.network, local, remote, path, carriages };
    if (carriages.length > 0) return route;
    first ??= route;
  }
  return first;
}

function edgeOf(
  from: number,
  to: number,
  hosts: readonly SnapshotHost[],
  { network, local, remote, path, carriages }: Route,
  internal: readonly number[],
  resources: ResourceList,
): UnderlayEdge {
  const ends = {
    from,
    to,
    network,
    localDevice: local.name,
    remoteDevice: remote.name,
    trunk: path.trunk,
  };
  const places = placesOf(ends, hosts);
  const used: number[] = [];
  if (local.rateMbps !== null) used.push(resources.index(places.out, local.rateMbps));
  if (path.rateMbps !== null && places.trunk !== null) {
    used.push(resources.index(places.trunk, path.rateMbps));
  } else if (path.rateMbps !== null && path.rateMbps < slowest(local, remote)) {
    used.push(resources.index(places.between, path.rateMbps));
  }
  if (remote.rateMbps !== null) used.push(resources.index(places.into, remote.rateMbps));
  // No figure in the inventory limits the edge: what its ends can switch is the only finite capacity that is stated.
  if (used.length === 0) used.push(at(internal, from), at(internal, to));
  // Of 500 hosts there are 250,000 edges: written out, and without the room that `push` leaves, they take a third of the memory.
  return {
    from,
    to,
    network,
    localDevice: local.name,
    remoteDevice: remote.name,
    trunk: path.trunk,
    latencyMs: path.latencyMs,
    localAddress: local.address,
    remoteAddress: remote.address,
    carriages,
    stated: path.carriage,
    resources: used.slice(),
  };
}

function slowest(...interfaces: SnapshotInterface[]): number {
  return Math.min(...interfaces.map(({ rateMbps }) => rateMbps ?? Number.POSITIVE_INFINITY));
}

/** Resources numbered in the order of their first mention. */
class ResourceList {
  readonly list: Resource[] = [];
  readonly #indices = new Map<string, number>();

  index(name: string, capacityMbps: number): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.list.length);
    return this.list.push({ name, capacityMbps }) - 1;
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index} in a list of ${list.length}`);
  return item;
}
