import FlatQueue from 'flatqueue';
import { at } from './at.js';
import { edgeCapacityMbps, type Overlay } from './overlay.js';

/** Residual capacity of an edge, by its place; negative where overloaded. */
export type ResidualMbps = (edge: number) => number;
/** Whether a path may use the edge at a place. */
export type IsUsable = (edge: number) => boolean;

/**
 * Dijkstra's algorithm adapted to widest paths (seed, "select widest"): the width of the widest path from `from` to each host,
 * minus infinity where there is none, infinity at `from` itself. The seed relaxes "if the bottleneck decreases"; it has to be
 * if it increases. With `to`, widths are final only for hosts at least as wide as `to`.
 */
export function widestWidths(
  overlay: Overlay,
  from: number,
  residualMbps: ResidualMbps,
  isUsable: IsUsable,
  to?: number,
): Float64Array {
  const { edges, hosts } = overlay.problem;
  const width = new Float64Array(hosts.length).fill(Number.NEGATIVE_INFINITY);
  const final = new Uint8Array(hosts.length);
  const queue = new FlatQueue<number>();
  width[from] = Number.POSITIVE_INFINITY;
  queue.push(from, Number.NEGATIVE_INFINITY);
  for (let host = queue.pop(); host !== undefined && host !== to; host = queue.pop()) {
    if (final[host]) continue;
    final[host] = 1;
    for (const edge of at(overlay.leaving, host)) {
      const next = at(edges, edge).to;
      if (final[next] || !isUsable(edge)) continue;
      const through = Math.min(width[host] as number, residualMbps(edge));
      if (through > (width[next] as number)) {
        width[next] = through;
        queue.push(next, -through);
      }
    }
  }
  return width;
}

/**
 * The hosts of the widest path between two different hosts; of several, the one with the fewest hops, then the one over hosts
 * of lower index. Null if there is no path.
 *
 * The width of a path is the least residual of its edges. For a path that crosses one resource twice this is more than a
 * demand would find there; callers that choose between paths ask `Traffic.bottleneckWithMbps`, which counts crossings.
 */
export function widestPath(
  overlay: Overlay,
  from: number,
  to: number,
  residualMbps: ResidualMbps,
  isUsable: IsUsable,
): number[] | null {
  const width = widestWidths(overlay, from, residualMbps, isUsable, to)[to] as number;
  if (width === Number.NEGATIVE_INFINITY) return null;
  return fewestHops(overlay, from, to, (edge) => isUsable(edge) && residualMbps(edge) >= width);
}

/** Breadth-first search over usable edges. */
function fewestHops(overlay: Overlay, from: number, to: number, isUsable: IsUsable): number[] | null {
  const { edges, hosts } = overlay.problem;
  const previous = new Int32Array(hosts.length).fill(-1);
  previous[from] = from;
  const queue = [from];
  for (const host of queue) {
    for (const edge of at(overlay.leaving, host)) {
      const next = at(edges, edge).to;
      if (previous[next] !== -1 || !isUsable(edge)) continue;
      previous[next] = host;
      if (next === to) return pathBack(previous, to);
      queue.push(next);
    }
  }
  return null;
}

function pathBack(previous: Int32Array, to: number): number[] {
  const path = [to];
  for (let host = to; previous[host] !== host; ) {
    host = previous[host] as number;
    path.push(host);
  }
  return path.reverse();
}

/** Widest paths between all hosts of the unloaded graph. */
export function allWidths(overlay: Overlay): Float64Array[] {
  const capacities = overlay.problem.edges.map((edge) => edgeCapacityMbps(overlay, edge));
  return overlay.problem.hosts.map((_, host) =>
    widestWidths(
      overlay,
      host,
      (edge) => at(capacities, edge),
      () => true,
    ),
  );
}
