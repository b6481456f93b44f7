/** From so many vertices, evenly chosen, distances are counted. */
const sources = 6;
/** Distances from which on all count as one. */
const far = 64;

/** Share of vertices at each distance from some vertices: tells grids of different lengths apart. */
export function distanceProfile(neighbours: readonly (readonly number[])[], from: readonly number[]): Float64Array {
  const profile = new Float64Array(far + 1);
  for (const source of from) {
    for (const distance of distances(neighbours, source)) {
      const at = distance < 0 ? far : Math.min(far, distance);
      profile[at] = (profile[at] ?? 0) + 1 / (from.length * neighbours.length);
    }
  }
  return profile;
}

/** Vertices spread evenly over all when ordered by how far the others are from them. */
export function spreadSources(neighbours: readonly (readonly number[])[]): number[] {
  const size = neighbours.length;
  const remoteness = neighbours.map((_, vertex) => distances(neighbours, vertex).reduce((sum, each) => sum + each, 0));
  const ordered = neighbours.map((_, vertex) => vertex).sort((a, b) => (remoteness[a] ?? 0) - (remoteness[b] ?? 0));
  return Array.from({ length: sources }, (_, index) => ordered[Math.floor(((index + 0.5) * size) / sources)] ?? 0);
}

/** How much two profiles differ, between 0 and 2. */
export function profileDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, index) => sum + Math.abs(share - (b[index] ?? 0)), 0);
}

/** -1 for vertices that cannot be reached. */
function distances(neighbours: readonly (readonly number[])[], source: number): Int32Array {
  const found = new Int32Array(neighbours.length).fill(-1);
  found[source] = 0;
  const queue = [source];
  for (const vertex of queue) {
    for (const next of neighbours[vertex] ?? []) {
      if (found[next] !== -1) continue;
      found[next] = (found[vertex] ?? 0) + 1;
      queue.push(next);
    }
  }
  return found;
}
