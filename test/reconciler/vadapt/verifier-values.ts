import type { PlacementProblem } from '../../../schema/generated/types.js';
import { parse } from '../../../schema/objective/parse.js';
import { interpreted, type Values } from './objective/interpreter.js';
import { type VerifiedEdge, type VerifiedNetwork, widestWidths } from './verifier-network.js';
import { missing, type VerifiedTraffic } from './verifier-traffic.js';

const mbPerMib = (1024 * 1024 * 8) / 1e6;
const presets = { path: 'sum(bottleneck)', edge: 'sum(residual)' };

/** The objective, then its tie-breaks. */
export function ranksOf({ objective }: PlacementProblem): { goal: 'maximise' | 'minimise'; expression: string }[] {
  const { level, goal, expression, tieBreaks = [] } = objective ?? { level: 'path', goal: 'maximise' };
  return [{ goal, expression: expression ?? presets[level] }, ...tieBreaks];
}

/** What expressions are worth for a configuration, computed from the meaning of their terms. `mapping`: host of each VM. */
export function valuesOf(
  file: PlacementProblem,
  expressions: readonly string[],
  network: VerifiedNetwork,
  traffic: VerifiedTraffic,
  mapping: readonly string[],
): number[] {
  const world = worldOf(file, network, traffic, mapping);
  return expressions.map((expression) => interpreted(parse(expression).syntax, world));
}

function worldOf(
  file: PlacementProblem,
  network: VerifiedNetwork,
  traffic: VerifiedTraffic,
  mapping: readonly string[],
): Parameters<typeof interpreted>[1] {
  const edges = [...new Set(traffic.edges.flat())];
  const numbers = new Map(edges.map((edge, place) => [edge, place]));
  const outside = edges.flatMap((edge, place) => (edge.isInside || edge === missing ? [] : [place]));
  const firstEdge = [0];
  for (const along of traffic.edges) firstEdge.push((firstEdge.at(-1) as number) + along.length);
  return {
    level: file.objective?.level ?? 'path',
    rows: {
      pathEdges: Int32Array.from(traffic.edges.flat(), (edge) => numbers.get(edge) as number),
      firstEdge: Int32Array.from(firstEdge),
      usedEdges: Int32Array.from(outside),
      usedEdgeCount: outside.length,
      paths: traffic.edges.length,
      hosts: file.hosts.length,
      vms: file.vms.length,
    },
    values: {
      ...edgeValues(file, edges, network, traffic),
      demand: (file.demands ?? []).map(({ rateMbps }) => rateMbps),
      unmet: traffic.unmetMbps,
      hops: traffic.edges.map((along) => along.filter((edge) => !edge.isInside && edge !== missing).length),
      ...hostValues(file, mapping),
      ...wholeValues(file, edges, network, mapping),
    },
  };
}

function edgeValues(
  file: PlacementProblem,
  edges: readonly VerifiedEdge[],
  network: VerifiedNetwork,
  traffic: VerifiedTraffic,
): Values {
  const capacityOf = (name: string) => network.capacity.get(name)?.mbps as number;
  const loadOf = (name: string) => traffic.loadMbps.get(name) as number;
  const rate = new Map<VerifiedEdge, number>();
  traffic.edges.forEach((along, place) => {
    for (const edge of along) rate.set(edge, (rate.get(edge) ?? 0) + (file.demands?.[place]?.rateMbps as number));
  });
  const least = (values: number[]) => (values.length === 0 ? 0 : Math.min(...values));
  return {
    residual: edges.map(({ uses }) => least(uses.map((name) => Math.max(0, capacityOf(name) - loadOf(name))))),
    capacity: edges.map(({ uses }) => least(uses.map(capacityOf))),
    load: edges.map((edge) => (edge === missing ? 0 : (rate.get(edge) as number))),
    utilisation: edges.map(({ uses }) => {
      const shares = uses.map((name) => Math.min(1, loadOf(name) / Math.max(capacityOf(name), 1e-12)));
      return Math.max(0, ...shares);
    }),
    latency: edges.map(({ latencyMs }) => latencyMs),
  };
}

function hostValues({ hosts, vms }: PlacementProblem, mapping: readonly string[]): Values {
  const total = (of: 'computeCores' | 'memoryMib') => {
    const totals = new Map<string, number>();
    vms.forEach((vm, place) => {
      const host = mapping[place] as string;
      totals.set(host, (totals.get(host) ?? 0) + (vm[of] ?? 0));
    });
    return hosts.map((host) => {
      const has = host[of];
      return has === undefined || has === 0 ? 0 : Math.min(1, (totals.get(host.name) ?? 0) / has);
    });
  };
  const guests = new Map<string, number>();
  for (const host of mapping) guests.set(host, (guests.get(host) ?? 0) + 1);
  return {
    computeUse: total('computeCores'),
    memoryUse: total('memoryMib'),
    guests: hosts.map(({ name }) => guests.get(name) ?? 0),
  };
}

function wholeValues(
  file: PlacementProblem,
  edges: readonly VerifiedEdge[],
  network: VerifiedNetwork,
  mapping: readonly string[],
): Values {
  const links = edges.filter((edge) => !edge.isInside && edge !== missing);
  return {
    migration: migrationSeconds(file, network, mapping).map((seconds) => Math.min(seconds, 1e7) * 1000),
    moves: [file.vms.filter(({ host }, place) => host !== undefined && host !== mapping[place]).length],
    hostsUsed: [new Set(mapping).size],
    fastPathLinks: [new Set(links.flatMap(({ fastPath }) => fastPath ?? [])).size],
    reservedLinks: [links.filter(({ isReserved }) => isReserved).length],
  };
}

/** By VM: state over what the widest path leaves beside what changes; 0 for one that stays, and where nothing binds. */
export function migrationSeconds(
  file: PlacementProblem,
  network: VerifiedNetwork,
  mapping: readonly string[],
): number[] {
  if (!network.hasCapacities) return file.vms.map(() => 0);
  const moved = file.vms.map(({ host, migration }, place) => {
    return migration !== undefined && host !== undefined && host !== mapping[place] && migration.stateMib > 0;
  });
  const widths = moved.includes(true) ? widestWidths(file, network) : null;
  return file.vms.map(({ host, migration }, place) => {
    if (!moved[place] || migration === undefined || host === undefined) return 0;
    const width = widths?.get(host)?.get(mapping[place] as string) as number;
    const spare = width - (migration.dirtyMbps ?? 0);
    return spare <= 0 ? Number.POSITIVE_INFINITY : (migration.stateMib * mbPerMib) / spare;
  });
}
