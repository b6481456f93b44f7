import type { Graph } from './engine/graph.js';
import { flattenBreadthFirst, vmPairsByIntensity } from './intensity.js';
import { PartialMapping } from './partial-mapping.js';

/**
 * The seed's one-pass mapping: VMs in breadth-first order of their traffic, hosts in breadth-first order of the widest paths
 * between them; the first VM goes to the first host and so on. A host without room for its VM is passed over; when no
 * unused host is left, the first used one with room will do.
 * @param widths by `from * hosts + to`: of the widest path, in Mb/s
 */
export function mapByOrder({ problem }: Graph, widths: Float64Array): PartialMapping {
  const mapping = new PartialMapping(problem);
  const hosts = hostsByWidestPath(widths, problem.hosts.length);
  for (const vm of flattenBreadthFirst(vmPairsByIntensity(problem))) {
    if (mapping.isPlaced(vm)) continue;
    const unused = hosts.filter((host) => mapping.room.guestsOf(host).length === 0);
    if (!mapping.placeOnFirst(vm, unused)) mapping.placeOnFirst(vm, hosts);
  }
  mapping.placeRest();
  return mapping;
}

function hostsByWidestPath(widths: Float64Array, hosts: number): number[] {
  const pairs: { a: number; b: number; widthMbps: number }[] = [];
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) {
      const widthMbps = Math.min(widths[a * hosts + b] as number, widths[b * hosts + a] as number);
      pairs.push({ a, b, widthMbps });
    }
  }
  pairs.sort((x, y) => y.widthMbps - x.widthMbps);
  return hosts === 1 ? [0] : flattenBreadthFirst(pairs);
}
