/** A flow over capacities, by index. `weight` is its share at a bottleneck relative to other flows'. */
export interface Flow {
  resources: readonly number[];
  demandMbps: number;
  weight: number;
}

/** Weighted max-min fair rates by progressive filling. */
export function maxMinRates(flows: readonly Flow[], capacities: readonly number[]): number[] {
  const rates = flows.map(() => 0);
  const active = new Set(flows.keys());
  const residual = [...capacities];
  while (active.size > 0) {
    const weights = capacities.map(() => 0);
    for (const f of active) for (const r of flows[f]?.resources ?? []) weights[r] = (weights[r] ?? 0) + weightOf(f);
    const fills = weights.map((weight, r) => (weight > 0 ? (residual[r] ?? 0) / weight : Number.POSITIVE_INFINITY));
    const sated = [...active].map((f) => ((flows[f]?.demandMbps ?? 0) - (rates[f] ?? 0)) / weightOf(f));
    const level = Math.min(...fills, ...sated);
    for (const f of active) {
      rates[f] = (rates[f] ?? 0) + level * weightOf(f);
      for (const r of flows[f]?.resources ?? []) residual[r] = (residual[r] ?? 0) - level * weightOf(f);
    }
    for (const f of [...active]) {
      const isSated = (flows[f]?.demandMbps ?? 0) - (rates[f] ?? 0) < 1e-9;
      if (isSated || flows[f]?.resources.some((r) => (residual[r] ?? 0) < 1e-9)) active.delete(f);
    }
  }
  return rates;

  function weightOf(f: number): number {
    return flows[f]?.weight ?? 1;
  }
}
