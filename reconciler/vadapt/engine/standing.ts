import { compareRanks } from '../objective/compare.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';

/** What arrangements are compared by. */
export interface Standing {
  /** How far hard constraints are broken: 0 for what may be. */
  excess: number;
  /** Migrations beyond what is wished for. */
  beyondWish: number;
  unmetMbps: number;
  /** By rank of the objective. */
  values: Float64Array;
  migrations: number;
  hops: number;
  latencyMs: number;
}

/** Closer than this, sums of rates are equal. */
const tolerance = 1e-6;

/**
 * Positive if `a` is better, negative if `b` is: by hard constraints, then by unmet demand, then by the objective rank by rank; of
 * equals, the one with fewer migrations, then hops, then the lower latency.
 */
export function compareStandings({ ranks }: Pick<CompiledObjective, 'ranks'>, a: Standing, b: Standing): number {
  const excess = b.excess - a.excess;
  if (Math.abs(excess) > tolerance) return excess;
  if (a.beyondWish !== b.beyondWish) return b.beyondWish - a.beyondWish;
  const unmet = b.unmetMbps - a.unmetMbps;
  if (Math.abs(unmet) > tolerance) return unmet;
  const better = compareRanks(ranks, a.values, b.values);
  if (better !== 0) return better;
  if (a.migrations !== b.migrations) return b.migrations - a.migrations;
  if (a.hops !== b.hops) return b.hops - a.hops;
  return Math.abs(a.latencyMs - b.latencyMs) > tolerance ? b.latencyMs - a.latencyMs : 0;
}
