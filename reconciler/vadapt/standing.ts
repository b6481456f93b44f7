import type { ProblemObjective, ProblemScore } from '../model/problem.js';

/** What configurations are compared by. */
export interface Standing {
  /** Migrations beyond `maxMigrations` of the problem. */
  excessMigrations: number;
  score: ProblemScore;
  /** VMs that would leave the host they run on. */
  migrations: number;
  /** Edges of all paths together. */
  hops: number;
  /** Of all paths together. */
  latencyMs: number;
}

/** Scores closer than this are equal: sums of rates are not exact. */
const toleranceMbps = 1e-6;
const toleranceMs = 1e-6;

/** Whether `a` is better: fewer migrations too many, then less unmet demand, then the better objective, then fewer migrations, fewer hops, less latency. */
export function isBetter({ goal }: ProblemObjective, a: Standing, b: Standing): boolean {
  if (a.excessMigrations !== b.excessMigrations) return a.excessMigrations < b.excessMigrations;
  const unmet = b.score.unmetMbps - a.score.unmetMbps;
  if (Math.abs(unmet) > toleranceMbps) return unmet > 0;
  const gain = gainMbps(goal, a.score, b.score);
  if (Math.abs(gain) > toleranceMbps) return gain > 0;
  if (a.migrations !== b.migrations) return a.migrations < b.migrations;
  return a.hops === b.hops ? a.latencyMs < b.latencyMs - toleranceMs : a.hops < b.hops;
}

/** How much better the objective of `a` is than that of `b`, in Mb/s. */
export function gainMbps(goal: ProblemObjective['goal'], a: ProblemScore, b: ProblemScore): number {
  return goal === 'maximise' ? a.objectiveMbps - b.objectiveMbps : b.objectiveMbps - a.objectiveMbps;
}
