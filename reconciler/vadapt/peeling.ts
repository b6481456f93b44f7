import type { Graph } from './engine/graph.js';
import { flattenBreadthFirst, vmPairsByIntensity } from './intensity.js';
import { PartialMapping } from './partial-mapping.js';

/**
 * VMs that talk most on the hosts that all are close to one another: hosts are peeled off, each time the one with the narrowest ways to
 * those that are left (Charikar's greedy for the densest subgraph), and the last ones are the first to be used. Where wide pairs of hosts
 * are lures, this sees that they lead nowhere.
 * @param widths by `from * hosts + to`: of the widest path, in Mb/s
 */
export function mapByPeeling({ problem }: Graph, widths: Float64Array): PartialMapping {
  const mapping = new PartialMapping(problem);
  const hosts = peeled(widths, problem.hosts.length).reverse();
  for (const vm of flattenBreadthFirst(vmPairsByIntensity(problem)))
    if (!mapping.isPlaced(vm)) mapping.placeOnFirst(vm, hosts);
  mapping.placeRest();
  return mapping;
}

/** Hosts in the order in which they are peeled off. */
function peeled(widths: Float64Array, hosts: number): number[] {
  const sums = new Float64Array(hosts);
  const width = (a: number, b: number) => (widths[a * hosts + b] as number) + (widths[b * hosts + a] as number);
  for (let a = 0; a < hosts; a++) for (let b = 0; b < hosts; b++) if (a !== b) (sums[a] as number) += width(a, b);
  const order: number[] = [];
  const left = new Set(sums.keys());
  while (left.size > 0) {
    let least = -1;
    for (const host of left) if (least < 0 || (sums[host] as number) < (sums[least] as number)) least = host;
    left.delete(least);
    order.push(least);
    for (const host of left) (sums[host] as number) -= width(least, host);
  }
  return order;
}
