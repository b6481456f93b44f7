import type { Infeasible, Problem, Solution } from '../model/problem.js';
import { anneal } from './annealing.js';
import { boundOf } from './bound.js';
import { evaluate } from './evaluate.js';
import { fitMapping } from './fitting.js';
import { mapByOrder } from './greedy-order.js';
import { mapByPairs } from './greedy-pairs.js';
import { isFeasible } from './host-room.js';
import { type Overlay, overlayOf } from './overlay.js';
import type { PartialMapping } from './partial-mapping.js';
import { Placement, type Saved } from './placement.js';
import { polish } from './polish.js';
import { routeGreedily } from './routing.js';
import { isBetter } from './standing.js';

export interface SolveOptions {
  algorithm: 'greedy-pairs' | 'greedy-order' | 'annealing';
  /** An integer; of annealing only, like the iterations. */
  seed: number;
  iterations: number;
}

const greedyMappings: Record<Exclude<SolveOptions['algorithm'], 'annealing'>, (overlay: Overlay) => PartialMapping> = {
  'greedy-pairs': mapByPairs,
  'greedy-order': mapByOrder,
};

/**
 * A configuration CONF = (M, P) for the problem: a mapping within the constraints of VMs and hosts, and a path for each demand
 * within constraint c. The same arguments give the same solution.
 */
export function solve(problem: Problem, { algorithm, seed, iterations }: SolveOptions): Solution | Infeasible {
  const overlay = overlayOf(problem);
  const found = algorithm === 'annealing' ? annealed(overlay, seed, iterations) : greedy(overlay, algorithm);
  if ('kind' in found) return found;
  const mapping = [...found.mapping];
  const paths = found.routes.map((route) => [...route.hosts]);
  const score = evaluate(problem, mapping, paths);
  const bound = boundOf(overlay);
  return {
    ...{ mapping, paths, score, bound, algorithm, iterations: algorithm === 'annealing' ? iterations : 0 },
    ...{ values: [score.objectiveMbps], boundValue: bound.objectiveMbps, isProved: false },
  };
}

function greedy(overlay: Overlay, algorithm: keyof typeof greedyMappings): Saved | Infeasible {
  const mapping = fitMapping(greedyMappings[algorithm](overlay));
  return 'kind' in mapping ? mapping : routed(overlay, mapping);
}

/** From the best of the mapping that runs now, routed anew, and both greedy ones. */
function annealed(overlay: Overlay, seed: number, iterations: number): Saved | Infeasible {
  const greedyPairs = greedy(overlay, 'greedy-pairs');
  const starts = [greedyPairs, greedy(overlay, 'greedy-order')].filter((start): start is Saved => !('kind' in start));
  const current = overlay.problem.vms.map((vm) => vm.current);
  if (isFeasible(overlay.problem, current)) starts.push(routed(overlay, current));
  if ('kind' in greedyPairs && starts.length === 0) return greedyPairs;
  const start = starts.reduce((best, other) =>
    isBetter(overlay.problem.objective, other.standing, best.standing) ? other : best,
  );
  return polish(overlay, anneal(overlay, start, seed, iterations));
}

function routed(overlay: Overlay, mapping: readonly number[]): Saved {
  const traffic = routeGreedily(overlay, mapping);
  const routes = overlay.problem.demands.map((_, demand) => traffic.routeOf(demand));
  const placement = new Placement(overlay, { mapping, routes });
  return placement.save(placement.standing());
}
