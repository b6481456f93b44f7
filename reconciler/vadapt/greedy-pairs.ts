import { at } from './at.js';
import type { Graph } from './engine/graph.js';
import { vmPairsByIntensity } from './intensity.js';
import { PartialMapping } from './partial-mapping.js';

/**
 * The seed's two-pass mapping. First pass: pairs of VMs by decreasing intensity, as far as they do not overlap, go to the pair
 * of empty hosts with the largest throughput. Second pass: each straggler goes where the throughput to its placed partner is
 * largest. Hosts without room are passed over, and when no empty pair is left, a pair with room will do.
 */
export function mapByPairs(graph: Graph): PartialMapping {
  const { problem } = graph;
  const mapping = new PartialMapping(problem);
  const vmPairs = vmPairsByIntensity(problem);
  const hostPairs = hostPairsByThroughput(graph);
  for (const { a, b } of vmPairs) {
    if (mapping.isPlaced(a) || mapping.isPlaced(b)) continue;
    const isEmpty = ([x, y]: readonly [number, number]) =>
      mapping.room.guestsOf(x).length === 0 && mapping.room.guestsOf(y).length === 0;
    const placed = hostPairs.some((pair) => isEmpty(pair) && mapping.placePair(a, b, pair));
    if (!placed) hostPairs.some((pair) => mapping.placePair(a, b, pair));
  }
  for (const { a, b } of vmPairs) {
    if (!mapping.isPlaced(a)) placeStraggler(graph, mapping, a, b);
    if (!mapping.isPlaced(b)) placeStraggler(graph, mapping, b, a);
  }
  mapping.placeRest();
  return mapping;
}

function placeStraggler(graph: Graph, mapping: PartialMapping, vm: number, partner: number): void {
  const partnerHost = at(mapping.hosts, partner);
  if (partnerHost === null) return;
  const byThroughput = at(graph.problem.vms, vm)
    .allowed.map((host) => ({ host, throughput: throughputMbps(graph, host, partnerHost) }))
    .sort((x, y) => y.throughput - x.throughput || x.host - y.host);
  mapping.placeOnFirst(
    vm,
    byThroughput.map(({ host }) => host),
  );
}

/** The daemon adjacency list: pairs of hosts by decreasing throughput, then by index. */
function hostPairsByThroughput(graph: Graph): [number, number][] {
  const hosts = graph.problem.hosts.length;
  const pairs: { pair: [number, number]; throughput: number }[] = [];
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) pairs.push({ pair: [a, b], throughput: throughputMbps(graph, a, b) });
  }
  return pairs.sort((x, y) => y.throughput - x.throughput).map(({ pair }) => pair);
}

/** Of the two directions the lesser; within a host its internal capacity. */
function throughputMbps({ edgeAt, edgeCapacityMbps, hosts }: Graph, a: number, b: number): number {
  const [there, back] = [edgeAt[a * hosts + b] as number, edgeAt[b * hosts + a] as number];
  return there < 0 || back < 0 ? 0 : Math.min(edgeCapacityMbps[there] as number, edgeCapacityMbps[back] as number);
}
