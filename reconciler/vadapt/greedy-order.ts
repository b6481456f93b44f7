import { at } from './at.js';
import { flattenBreadthFirst, vmPairsByIntensity } from './intensity.js';
import type { Overlay } from './overlay.js';
import { PartialMapping } from './partial-mapping.js';
import { allWidths } from './widest-path.js';

/**
 * The seed's one-pass mapping: VMs in breadth-first order of their traffic, hosts in breadth-first order of the widest paths
 * between them; the first VM goes to the first host and so on. A host without room for its VM is passed over; when no
 * unused host is left, the first used one with room will do.
 */
export function mapByOrder(overlay: Overlay): PartialMapping {
  const { problem } = overlay;
  const mapping = new PartialMapping(problem);
  const hosts = hostsByWidestPath(overlay);
  for (const vm of flattenBreadthFirst(vmPairsByIntensity(problem))) {
    if (mapping.isPlaced(vm)) continue;
    const unused = hosts.filter((host) => mapping.room.guestsOf(host).length === 0);
    if (!mapping.placeOnFirst(vm, unused)) mapping.placeOnFirst(vm, hosts);
  }
  mapping.placeRest();
  return mapping;
}

function hostsByWidestPath(overlay: Overlay): number[] {
  const widths = allWidths(overlay);
  const hosts = overlay.problem.hosts.length;
  const pairs: { a: number; b: number; widthMbps: number }[] = [];
  for (let a = 0; a < hosts; a++) {
    for (let b = a + 1; b < hosts; b++) {
      const widthMbps = Math.min(at(widths, a)[b] as number, at(widths, b)[a] as number);
      pairs.push({ a, b, widthMbps });
    }
  }
  // Not by subtraction: widths are minus infinity where there is no path.
  pairs.sort((x, y) => (x.widthMbps === y.widthMbps ? 0 : x.widthMbps < y.widthMbps ? 1 : -1));
  return hosts === 1 ? [0] : flattenBreadthFirst(pairs);
}
