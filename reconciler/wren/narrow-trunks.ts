import type { MeasuredEdge } from './measured-edges.js';
import { placesOn } from './narrow-places.js';

/** Rates of one link that are measured over two paths may differ by this share. */
const tolerance = 0.1;

/**
 * Trunks whose rate shows, though how much of it is available on which path does not yet: all paths over them that are known have a
 * narrowest link of one rate, and no host is an end of all. Wherever else the link may be, each pair of hosts having one of its own
 * is less likely.
 */
export function narrowTrunks(edges: readonly MeasuredEdge[]): { name: string; capacityMbps: number }[] {
  const trunks = placesOn(edges).filter(({ kind }) => kind === 'trunk');
  return trunks.flatMap(({ name, members }) => {
    const known = members.filter(({ capacityMbps }) => capacityMbps !== null);
    const [senders, receivers] = [
      new Set(known.map(({ edge }) => edge.from)),
      new Set(known.map(({ edge }) => edge.to)),
    ];
    const rates = known.map(({ capacityMbps }) => capacityMbps ?? 0);
    const most = Math.max(...rates);
    const isOne = rates.every((mbps) => mbps >= (1 - tolerance) * most);
    return isOne && senders.size > 1 && receivers.size > 1 ? [{ name, capacityMbps: most }] : [];
  });
}
