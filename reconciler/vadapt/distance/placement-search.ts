import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Problem } from '../../model/problem.js';
import { termsIn } from '../objective/tree.js';
import { annealPlacement, type Cooling } from './anneal-placement.js';
import type { Costs } from './costs.js';
import type { DistanceSearch } from './lanes.js';
import { Proposals } from './proposals.js';
import type { Stage } from './stage.js';

/**
 * Of a placement that was made from nothing; with few steps for each item, which do not mend what heat spoils; and of one that runs: what is
 * good of it is to stay.
 */
const coolings: Record<'made' | 'hurried' | 'running', Record<'hot' | 'cool', Cooling>> = {
  made: { hot: { firstShare: 0.1, lastShare: 1e-4 }, cool: { firstShare: 0.02, lastShare: 1e-4 } },
  hurried: { hot: { firstShare: 0.02, lastShare: 1e-4 }, cool: { firstShare: 0.005, lastShare: 1e-4 } },
  running: { hot: { firstShare: 0.02, lastShare: 1e-5 }, cool: { firstShare: 0.001, lastShare: 1e-5 } },
};
/** What a VM has to gain to leave its host, as a share of what VMs cost on average. */
const leastGainShare = 0.5;
/** Steps for each item that a hot beginning takes. */
const unhurriedSteps = 4000;
/** VMs of a fleet for whose average it is as large. */
const smallestFleet = 500;
/** How often the least gain is computed anew, as it follows from the cost. */
const rounds = 2;
/** How much more each rank counts than the next, beside typical changes of both. */
const rankFactor = 20;
const samples = 1000;

/** Searches for a better placement from the one there is; leaves items there. */
export function searchPlacement(
  { distances, vms, objective }: Problem,
  { placed, costs }: Stage,
  search: DistanceSearch,
  iterations: number,
  random: RandomGenerator,
): void {
  if (distances === undefined) return;
  const proposals = new Proposals(distances, costs, random);
  if (!proposals.areThere) return;
  if (costs.worths.length > 2) weigh(costs, proposals);
  const running = vms.filter(({ current }) => current !== null).length;
  const isRunning = 2 * running > vms.length;
  const made = iterations < unhurriedSteps * placed.items.count ? 'hurried' : 'made';
  const cooling = coolings[isRunning ? 'running' : made][search.startsWith('hot') ? 'hot' : 'cool'];
  const isPriced = (objective.ranks ?? []).some(({ tree }) => termsIn(tree).includes('moves'));
  const count = running > 0 && !isPriced ? rounds : 1;
  for (let round = 0; round < count; round++) {
    if (count > 1) costs.leastGain = leastGainOf(vms, costs);
    annealPlacement(costs, proposals, cooling, random, Math.floor(iterations / count));
  }
}

/** What a VM has to gain to leave its host. Of a small fleet each move is a large part, and gains are. */
function leastGainOf({ length }: Problem['vms'], { mainCost }: Costs): number {
  return (leastGainShare * Math.abs(mainCost)) / Math.max(length, smallestFleet);
}

/** Lets what decides before the main cost count more, and what decides after it less, by how much moves change each. */
function weigh({ main, worths, weights }: Costs, proposals: Proposals): void {
  const typical = new Float64Array(worths.length);
  for (let sample = 0; sample < samples; sample++) {
    if (!proposals.draw()) continue;
    const { item, host, other } = proposals;
    for (const [place, worth] of worths.entries())
      typical[place] = (typical[place] as number) + Math.abs(worth.delta(item, host, other));
  }
  for (let place = 0; place + 1 < worths.length; place++) {
    const ratio = (typical[main] as number) / (typical[place] as number);
    const factor = place < main ? rankFactor : 1 / rankFactor;
    if (place !== main && ratio > 0 && ratio < Number.POSITIVE_INFINITY) weights[place] = ratio * factor;
  }
}
