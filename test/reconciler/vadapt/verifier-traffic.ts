import type { PlacementProblem } from '../../../schema/generated/types.js';
import type { VerifiedEdge, VerifiedNetwork } from './verifier-network.js';

/** Stands for a path that misses a link: it carries nothing, and nothing is loaded. */
export const missing: VerifiedEdge = {
  ...{ uses: [], latencyMs: 0, isInside: false, isReserved: false, fastPath: null },
};

/** What demands do to a network on their paths. */
export interface VerifiedTraffic {
  /** By demand, its edges in the order in which frames cross them. */
  edges: VerifiedEdge[][];
  loadMbps: Map<string, number>;
  /** By demand. */
  unmetMbps: number[];
}

export function trafficOf(
  file: PlacementProblem,
  network: VerifiedNetwork,
  paths: readonly (readonly string[])[],
): VerifiedTraffic {
  const demands = file.demands ?? [];
  const edges = paths.map((path) => {
    const steps = path.length === 1 ? [...path, ...path] : path;
    const along = steps.slice(1).map((to, hop) => network.edge(steps[hop] as string, to) ?? missing);
    return along.includes(missing) ? [missing] : along;
  });
  const loadMbps = new Map<string, number>();
  const variance = new Map<string, number>();
  edges.forEach((along, place) => {
    const { rateMbps = 0, deviationMbps = 0 } = demands[place] ?? {};
    for (const name of along.flatMap(({ uses }) => uses)) {
      loadMbps.set(name, (loadMbps.get(name) ?? 0) + rateMbps);
      variance.set(name, (variance.get(name) ?? 0) + deviationMbps * deviationMbps);
    }
  });
  const sigmas = file.confidence === undefined ? 0 : standardScore(file.confidence);
  const lostShare = (name: string) => {
    const capacity = network.capacity.get(name) as { mbps: number; variance: number };
    const load = loadMbps.get(name) as number;
    const need = load + sigmas * Math.sqrt((variance.get(name) as number) + capacity.variance);
    return load > 0 && need > capacity.mbps ? 1 - capacity.mbps / need : 0;
  };
  const unmetMbps = edges.map((along, place) => {
    const { rateMbps = 0, maxLatencyMs = Number.POSITIVE_INFINITY } = demands[place] ?? {};
    const latencyMs = along.reduce((sum, edge) => sum + edge.latencyMs, 0);
    if (along.includes(missing) || latencyMs > maxLatencyMs * (1 + 1e-12) + 1e-9) return rateMbps;
    if (!network.hasCapacities) return 0;
    return rateMbps * Math.max(0, ...along.flatMap(({ uses }) => uses).map(lostShare));
  });
  return { edges, loadMbps, unmetMbps };
}

/** z with P(Z <= z) = probability, for 0.5 and more: steps over the density, by the midpoint rule, the last one cut to length. */
export function standardScore(probability: number): number {
  const step = 1e-4;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let [z, area] = [0, 0.5];
  for (;;) {
    const next = step * density(z + step / 2);
    if (area + next >= probability) return z + (probability - area) / density(z + step / 2);
    area += next;
    z += step;
  }
}
