import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { ProblemScore } from '../model/problem.js';
import type { Overlay } from './overlay.js';
import { perturb } from './perturbation.js';
import { Placement, type Saved } from './placement.js';
import { gainMbps, isBetter } from './standing.js';

/** Neighbours looked at to learn by how much they differ on this instance. */
const samples = 100;
/** The last temperature as a share of the first. */
const coolTo = 1e-4;
/** Times the search is heated again, from the best configuration seen. */
const cycles = 2;
/** How many typical differences of the objective one demand left wholly unmet costs. */
const unmetWeight = 20;

/**
 * Simulated annealing of the seed: a random neighbour that is worse by dE is accepted with probability e^(dE/T), T falls
 * geometrically, and the best configuration seen is the result. It is never worse than `start`.
 */
export function anneal(overlay: Overlay, start: Saved, seed: number, iterations: number): Saved {
  const { objective, demands, vms } = overlay.problem;
  if (demands.length === 0 || vms.length === 0) return start;
  const random = xoroshiro128plus(seed);
  const scaleMbps = typicalDifferenceMbps(new Placement(overlay, start), random, Math.min(samples, iterations));
  const meanRateMbps = demands.reduce((sum, demand) => sum + demand.rateMbps, 0) / demands.length;
  const weight = meanRateMbps > 0 ? (unmetWeight * scaleMbps) / meanRateMbps : 0;
  const differenceMbps = (to: ProblemScore, from: ProblemScore) =>
    gainMbps(objective.goal, to, from) - weight * (to.unmetMbps - from.unmetMbps);

  let best = start;
  const length = Math.ceil((iterations - samples) / cycles);
  for (let cycle = 0; cycle < cycles; cycle++) {
    const placement = new Placement(overlay, best);
    let { score } = best.standing;
    for (let iteration = 0; iteration < length; iteration++) {
      const temperature = scaleMbps * coolTo ** (iteration / length);
      if (!perturb(placement, random)) continue;
      const standing = placement.standing();
      const difference = differenceMbps(standing.score, score);
      if (difference < 0 && uniformFloat64(random) >= Math.exp(difference / temperature)) placement.undo();
      else {
        placement.keep();
        score = standing.score;
        if (isBetter(objective, standing, best.standing)) best = placement.save(standing);
      }
    }
  }
  return best;
}

/** Mean difference of the objective between `placement` and its neighbours, in Mb/s; at least a trifle. */
function typicalDifferenceMbps(placement: Placement, random: RandomGenerator, neighbours: number): number {
  const { objectiveMbps } = placement.traffic.score();
  let sum = 0;
  let count = 0;
  for (let neighbour = 0; neighbour < neighbours; neighbour++) {
    if (!perturb(placement, random)) continue;
    sum += Math.abs(placement.traffic.score().objectiveMbps - objectiveMbps);
    count++;
    placement.undo();
  }
  return Math.max(sum / Math.max(1, count), 1e-3);
}
