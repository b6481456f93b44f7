import type { Graph } from '../engine/graph.js';

/** Latency of the quickest path between each two hosts in ms, by `from * hosts + to`; infinite where there is none. */
export function shortestLatencies({ hosts, firstInside, from, to, latencyMs }: Graph): Float64Array {
  const shortest = new Float64Array(hosts * hosts).fill(Number.POSITIVE_INFINITY);
  for (let host = 0; host < hosts; host++) shortest[host * hosts + host] = 0;
  for (let edge = 0; edge < firstInside; edge++) {
    const place = (from[edge] as number) * hosts + (to[edge] as number);
    shortest[place] = Math.min(shortest[place] as number, latencyMs[edge] as number);
  }
  for (let via = 0; via < hosts; via++) {
    for (let a = 0; a < hosts; a++) {
      const first = shortest[a * hosts + via] as number;
      if (!Number.isFinite(first)) continue;
      for (let b = 0; b < hosts; b++) {
        const around = first + (shortest[via * hosts + b] as number);
        if (around < (shortest[a * hosts + b] as number)) shortest[a * hosts + b] = around;
      }
    }
  }
  return shortest;
}
