import type { Graph } from './graph.js';

/**
 * Width in Mb/s of the widest path between each two hosts of the unloaded graph, by `from * hosts + to`; of one host, what it carries
 * inside. 0 where there is no path. Adapted Dijkstra from each host over edges sorted by width.
 */
export function widestWidths(graph: Graph): Float64Array {
  const { hosts, edgeAt, edgeCapacityMbps } = graph;
  const widths = new Float64Array(hosts * hosts);
  const width = new Float64Array(hosts);
  const isFinal = new Uint8Array(hosts);
  for (let from = 0; from < hosts; from++) {
    width.fill(0);
    isFinal.fill(0);
    width[from] = Number.POSITIVE_INFINITY;
    for (let host = from; host >= 0; host = widestOpen(width, isFinal)) {
      isFinal[host] = 1;
      relax(graph, host, width, isFinal);
    }
    const inside = edgeAt[from * hosts + from] as number;
    width[from] = edgeCapacityMbps[inside] as number;
    widths.set(width, from * hosts);
  }
  return widths;
}

function widestOpen(width: Float64Array, isFinal: Uint8Array): number {
  let [best, widest] = [-1, 0];
  for (let host = 0; host < width.length; host++) {
    if (isFinal[host] === 1 || (width[host] as number) <= widest) continue;
    best = host;
    widest = width[host] as number;
  }
  return best;
}

function relax(graph: Graph, host: number, width: Float64Array, isFinal: Uint8Array): void {
  const { leaving, firstLeaving, to, edgeCapacityMbps } = graph;
  const own = width[host] as number;
  for (let place = firstLeaving[host] as number; place < (firstLeaving[host + 1] as number); place++) {
    const edge = leaving[place] as number;
    const next = to[edge] as number;
    const through = Math.min(own, edgeCapacityMbps[edge] as number);
    if (isFinal[next] === 0 && through > (width[next] as number)) width[next] = through;
  }
}
