import type { PlacementProblem } from '../../../schema/generated/types.js';

/** Something that a frame crosses: a link in one direction, or the inside of a host. */
export interface VerifiedEdge {
  /** Names of what it uses. */
  uses: string[];
  latencyMs: number;
  isInside: boolean;
  isReserved: boolean;
  /** Both directions of a link have one; null where it costs nothing. */
  fastPath: string | null;
}

/** What a network gives, by name. */
export interface VerifiedNetwork {
  capacity: Map<string, { mbps: number; variance: number }>;
  /** By sender, then receiver; the inside of a host from it to itself. Null: no link. */
  edge(from: string, to: string): VerifiedEdge | null;
  hasCapacities: boolean;
}

const internalMbps = 10_000;
const nothing = { latencyMs: 0, isInside: false, isReserved: false, fastPath: null };

export function networkOf(file: PlacementProblem): VerifiedNetwork {
  const capacity = new Map<string, { mbps: number; variance: number }>();
  const edges = new Map<string, VerifiedEdge>();
  const key = (from: string, to: string) => `${from}\n${to}`;
  for (const host of file.hosts) {
    const inside = `inside\n${host.name}`;
    capacity.set(inside, { mbps: host.internalMbps ?? internalMbps, variance: 0 });
    edges.set(key(host.name, host.name), { ...nothing, uses: [inside], isInside: true });
  }
  const { network } = file;
  if (!('links' in network)) return { capacity, hasCapacities: false, edge: farEdges(file, edges, key) };
  for (const { name, capacityMbps, deviationMbps = 0 } of network.shared ?? [])
    capacity.set(`shared\n${name}`, { mbps: capacityMbps, variance: deviationMbps * deviationMbps });
  for (const { from, to, capacityMbps, deviationMbps = 0, through = [], ...link } of network.links) {
    const uses = through.map((name) => `shared\n${name}`);
    if (capacityMbps !== undefined) {
      uses.push(`own\n${key(from, to)}`);
      capacity.set(`own\n${key(from, to)}`, { mbps: capacityMbps, variance: deviationMbps * deviationMbps });
    }
    const isStar = network.star !== undefined && [from, to].includes(network.star);
    edges.set(key(from, to), {
      uses,
      latencyMs: link.latencyMs ?? 0,
      isInside: false,
      isReserved: link.isReserved ?? false,
      fastPath: isStar ? null : [from, to].sort().join('\n'),
    });
  }
  return { capacity, hasCapacities: true, edge: (from, to) => edges.get(key(from, to)) ?? null };
}

function farEdges(
  { hosts, network }: PlacementProblem,
  inside: Map<string, VerifiedEdge>,
  key: (from: string, to: string) => string,
): VerifiedNetwork['edge'] {
  const byName = new Map(hosts.map((host, place) => [host.name, { host, place }]));
  return (from, to) => {
    const [a, b] = [byName.get(from), byName.get(to)];
    if (a === undefined || b === undefined) return null;
    if (from === to) return inside.get(key(from, to)) ?? null;
    let latencyMs = Number.NaN;
    if ('latencyMs' in network) latencyMs = network.latencyMs[a.place]?.[b.place] as number;
    if ('levels' in network) {
      const shared = network.levels.findIndex((_, level) => a.host.zones?.[level] === b.host.zones?.[level]);
      latencyMs = network.levels[shared]?.latencyMs ?? network.beyondMs;
    }
    return { ...nothing, uses: [], latencyMs };
  };
}

/** By sender, then receiver: the width of the widest path without load, over all hosts between. */
export function widestWidths(file: PlacementProblem, network: VerifiedNetwork): Map<string, Map<string, number>> {
  const names = file.hosts.map(({ name }) => name);
  const widthOf = (from: string, to: string) => {
    const edge = network.edge(from, to);
    if (edge === null || !network.hasCapacities) return 0;
    return Math.min(...edge.uses.map((name) => network.capacity.get(name)?.mbps as number));
  };
  const widths = new Map(names.map((from) => [from, new Map(names.map((to) => [to, widthOf(from, to)]))]));
  for (const between of names) {
    for (const row of widths.values()) {
      for (const [to, width] of row) {
        const detour = Math.min(row.get(between) as number, widths.get(between)?.get(to) as number);
        if (detour > width) row.set(to, detour);
      }
    }
  }
  return widths;
}
