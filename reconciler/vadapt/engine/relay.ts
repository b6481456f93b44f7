import type { Graph } from './graph.js';
import type { Paths } from './paths.js';

/** The path found last: its edges, of which the first `length` are in use; none where nothing was found. */
export interface FoundPath {
  edges: Int32Array;
  length: number;
}

/**
 * The widest path of at most two edges for a demand that has none now, by residual capacity; of equals the direct one, then that
 * over the wider first edge. Only over links that constraint c leaves, and within the demand's longest latency.
 */
export function relayPath(
  graph: Graph,
  paths: Paths,
  demand: number,
  from: number,
  to: number,
  found: FoundPath,
): void {
  const { hosts, edgeAt, leaving, firstLeaving, edgeCapacityMbps, latencyMs, to: toOf } = graph;
  const { links } = paths;
  const spare = links.spareFor(graph.rateMbps[demand] as number);
  const isFree = spare === Number.POSITIVE_INFINITY;
  const longest = graph.longestMs[demand] as number;
  const direct = edgeAt[from * hosts + to] as number;
  found.length = 0;
  let best = Number.NEGATIVE_INFINITY;
  if (direct >= 0 && (isFree || isOpen(links, direct, spare)) && (latencyMs[direct] as number) <= longest) {
    best = paths.residualMbps(direct);
    found.length = 1;
    found.edges[0] = direct;
  }
  if (from === to) return;
  for (let place = firstLeaving[from] as number; place < (firstLeaving[from + 1] as number); place++) {
    const out = leaving[place] as number;
    if ((edgeCapacityMbps[out] as number) <= best) return;
    const via = toOf[out] as number;
    const on = edgeAt[via * hosts + to] as number;
    if (on < 0 || via === to || (edgeCapacityMbps[on] as number) <= best) continue;
    const width = Math.min(paths.residualMbps(out), paths.residualMbps(on));
    if (width <= best || (latencyMs[out] as number) + (latencyMs[on] as number) > longest) continue;
    if (!isFree && !(isOpen(links, out, spare) && isOpen(links, on, spare - links.costOf(out)))) continue;
    best = width;
    found.length = 2;
    found.edges[0] = out;
    found.edges[1] = on;
  }
}

function isOpen(links: Paths['links'], edge: number, spare: number): boolean {
  return links.isStar(edge) || (spare >= 0 && links.costOf(edge) <= spare);
}
