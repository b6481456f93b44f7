import type { Infeasible, Problem, Solution } from '../model/problem.js';
import { conclude } from './portfolio/conclude.js';
import type { Lane, LaneResult } from './portfolio/lane.js';
import { type Algorithm, lanesOf } from './portfolio/lanes.js';
import { runLanes } from './portfolio/run-lanes.js';

export interface SolveOptions {
  algorithm: Algorithm;
  /** An integer. */
  seed: number;
  /** Changes to try, by all searches together. */
  iterations: number;
}

/** Runs lanes, in any order and place; results in the order of the lanes. */
export type RunLanes = (problem: Problem, lanes: readonly Lane[]) => Promise<LaneResult[]>;

/**
 * A configuration CONF = (M, P) for the problem: a mapping within the constraints of VMs and hosts, and a path for each demand
 * within constraint c. The same arguments give the same solution.
 */
export function solve(problem: Problem, { algorithm, seed, iterations }: SolveOptions): Solution | Infeasible {
  const lanes = lanesOf(problem, algorithm, seed, iterations);
  return conclude(problem, lanes, runLanes(problem, lanes));
}

/** The same, byte for byte, with lanes run elsewhere. */
export async function solveInLanes(
  problem: Problem,
  { algorithm, seed, iterations }: SolveOptions,
  run: RunLanes,
): Promise<Solution | Infeasible> {
  const lanes = lanesOf(problem, algorithm, seed, iterations);
  return conclude(problem, lanes, await run(problem, lanes));
}
