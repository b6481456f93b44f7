import { at } from './at.js';
import { vmPairsByIntensity } from './intensity.js';
import { edgeBetween, edgeCapacityMbps, type Overlay } from './overlay.js';
import { PartialMapping } from './partial-mapping.js';

/**
 * The seed's two-pass mapping. First pass: pairs of VMs by decreasing intensity, as far as they do not overlap, go to the pair
 * of empty hosts with the largest throughput. Second pass: each straggler goes where the throughput to its placed partner is
 * largest. Hosts without room are passed over, and when no empty pair is left, a pair with room will do.
 */
export function mapByPairs(overlay: Overlay): PartialMapping {
  const { problem } = overlay;
  const mapping = new PartialMapping(problem);
  const vmPairs = vmPairsByIntensity(problem);
  const hostPairs = hostPairsByThroughput(overlay);
  for (const { a, b } of vmPairs) {
    if (mapping.isPlaced(a) || mapping.isPlaced(b)) continue;
    const isEmpty = ([x, y]: readonly [number, number]) =>
      mapping.room.guestsOf(x).length === 0 && mapping.room.guestsOf(y).length === 0;
    const placed = hostPairs.some((pair) => isEmpty(pair) && mapping.placePair(a, b, pair));
    if (!placed) hostPairs.some((pair) => mapping.placePair(a, b, pair));
  }
  for (const { a, b } of vmPairs) {
    if (!mapping.isPlaced(a)) placeStraggler(overlay, mapping, a, b);
    if (!mapping.isPlaced(b)) placeStraggler(overlay, mapping, b, a);
  }
  mapping.placeRest();
  return mapping;
}

function placeStraggler(overlay: Overlay, mapping: PartialMapping, vm: number, partner: number): void {
  const partnerHost = at(mapping.hosts, partner);
  if (partnerHost === null) return;
  const byThroughput = at(overlay.problem.vms, vm)
    .allowed.map((host) => ({ host, throughput: throughputMbps(overlay, host, partnerHost) }))
    .sort((x, y) => y.throughput - x.throughput || x.host - y.host);
  mapping.placeOnFirst(
    vm,
    byThroughput.map(({ host }) => host),
  );
}

/** The daemon adjacency list: pairs of hosts by decreasing throughput, then by index. */
function hostPairsByThroughput(overlay: Overlay): [number, number][] {
  const hosts = overlay.problem.hosts.length;
  const pairs: { pair: [number, number]; throughput: number }[] = [];
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) pairs.push({ pair: [a, b], throughput: throughputMbps(overlay, a, b) });
  }
  return pairs.sort((x, y) => y.throughput - x.throughput).map(({ pair }) => pair);
}

/** Of the two directions the lesser; within a host its internal capacity. */
function throughputMbps(overlay: Overlay, a: number, b: number): number {
  const { problem, capacityMbps } = overlay;
  if (a === b) return capacityMbps[at(problem.hosts, a).internal] ?? 0;
  const [there, back] = [edgeBetween(overlay, a, b), edgeBetween(overlay, b, a)];
  return there && back ? Math.min(edgeCapacityMbps(overlay, there), edgeCapacityMbps(overlay, back)) : 0;
}
