import type { Graph } from './graph.js';
import type { Paths } from './paths.js';

/** The path found last: its edges, of which the first `length` are in use. */
export interface FoundPath {
  edges: Int32Array;
  length: number;
}

/**
 * The widest path between two hosts of at most two edges, by residual capacity; of equals the direct one, then that
 * over the wider first edge. Of no edges if there is none.
 */
export function relayPath(graph: Graph, paths: Paths, from: number, to: number, found: FoundPath): void {
  const { hosts, edgeAt, leaving, firstLeaving, edgeCapacityMbps, to: toOf } = graph;
  const direct = edgeAt[from * hosts + to] as number;
  let best = direct < 0 ? Number.NEGATIVE_INFINITY : paths.residualMbps(direct);
  found.length = direct < 0 ? 0 : 1;
  found.edges[0] = direct;
  if (from === to) return;
  for (let place = firstLeaving[from] as number; place < (firstLeaving[from + 1] as number); place++) {
    const out = leaving[place] as number;
    if ((edgeCapacityMbps[out] as number) <= best) return;
    const via = toOf[out] as number;
    const on = edgeAt[via * hosts + to] as number;
    if (on < 0 || via === to || (edgeCapacityMbps[on] as number) <= best) continue;
    const width = Math.min(paths.residualMbps(out), paths.residualMbps(on));
    if (width <= best) continue;
    best = width;
    found.length = 2;
    found.edges[0] = out;
    found.edges[1] = on;
  }
}
