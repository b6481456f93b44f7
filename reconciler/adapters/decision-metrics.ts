import { Gauge, type Registry } from 'prom-client';
import type { Drift, Plan } from '../../schema/generated/types.js';

/** How good the newest decision is, and what of the fleet is not as it was left. */
export class DecisionMetrics {
  readonly #series;

  constructor(registry: Registry) {
    this.#series = seriesIn([registry]);
  }

  show(plan: Plan | null, drift: readonly Drift[]): void {
    this.#series.drift.reset();
    for (const { part, kind, byOthers } of drift) this.#series.drift.inc({ part, kind, by_others: String(byOthers) });
    this.#series.unmet.remove();
    this.#series.objective.reset();
    if (plan === null) return;
    const { after, bound } = plan.decision;
    this.#series.unmet.set(Math.max(0, after.unmetMbps - bound.unmetMbps));
    if (bound.objective === null) return;
    const { value, unit } = after.objective;
    this.#series.objective.set({ unit }, Math.abs(bound.objective.value - value));
  }
}

function seriesIn(registers: Registry[]) {
  const unmet = new Gauge({
    name: 'virtuoso_regret_unmet_mbps',
    help: 'Demand that the decision leaves unmet beyond what no configuration can avoid, in Mb/s.',
    registers,
  });
  unmet.remove();
  return {
    unmet,
    objective: new Gauge({
      name: 'virtuoso_regret',
      help: 'How far the objective of the decision is from the bound that no configuration can be better than, at most.',
      labelNames: ['unit'],
      registers,
    }),
    drift: new Gauge({
      name: 'virtuoso_drift',
      help: 'Differences of the fleet from how it was left, by part, kind, and whether others have made them.',
      labelNames: ['part', 'kind', 'by_others'],
      registers,
    }),
  };
}
