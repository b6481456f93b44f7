import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Overlay } from './overlay.js';
import { perturb } from './perturbation.js';
import { Placement, type Saved } from './placement.js';
import { gainMbps, isBetter } from './standing.js';

/** Neighbours looked at to learn by how much they differ on this instance. */
const samples = 100;
/** Temperatures in typical differences of the objective. */
const firstTemperature = 5;
const lastTemperature = 1e-2;
/** Times the search is heated again at most, each time from the best configuration seen. */
const mostCycles = 4;
/** Iterations for each VM and demand that one cycle needs to settle. */
const cycleIterations = 100;
/** First temperature if there are fewer: then what greedy found is improved rather than left behind. */
const warmTemperature = 0.3;
/** How many typical differences of the objective one demand left wholly unmet costs, at first and at last. */
const firstUnmetWeight = 1;
const lastUnmetWeight = 100;

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
  const perUnmet = meanRateMbps > 0 ? scaleMbps / meanRateMbps : 0;

  const affordable = Math.floor(iterations / (cycleIterations * (vms.length + demands.length)));
  const cycles = Math.min(Math.max(affordable, 1), mostCycles);
  const hottest = affordable < 1 ? warmTemperature : firstTemperature;
  const length = Math.ceil((iterations - samples) / cycles);
  let best = start;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const placement = new Placement(overlay, best);
    let { score, excessMigrations } = best.standing;
    for (let iteration = 0; iteration < length; iteration++) {
      if (!perturb(placement, random)) continue;
      if (placement.excessMigrations() > excessMigrations) {
        placement.undo();
        continue;
      }
      const standing = placement.standing();
      const temperature = scaleMbps * between(hottest, lastTemperature, iteration / length);
      const weight = perUnmet * between(firstUnmetWeight, lastUnmetWeight, iteration / length);
      const difference =
        gainMbps(objective.goal, standing.score, score) - weight * (standing.score.unmetMbps - score.unmetMbps);
      if (difference < 0 && uniformFloat64(random) >= Math.exp(difference / temperature)) placement.undo();
      else {
        placement.keep();
        ({ score, excessMigrations } = standing);
        if (isBetter(objective, standing, best.standing)) best = placement.save(standing);
      }
    }
  }
  return best;
}

/** Geometric from `first` to `last`. */
function between(first: number, last: number, progress: number): number {
  return first * (last / first) ** progress;
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
