import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Infeasible, Problem } from '../../model/problem.js';
import { explainInfeasible, mappingOrWhyNot } from '../infeasible/explain-infeasible.js';
import { searchAssignment } from './assignment-search.js';
import { descendPlacement } from './descend-placement.js';
import { countPlacements, enumeratePlacements } from './enumerate-placements.js';
import type { DistanceLane } from './lanes.js';
import type { Placed } from './placed.js';
import { searchPlacement } from './placement-search.js';
import { type Slots, slotsOf } from './slots.js';
import { type Stage, stageOf } from './stage.js';
import { startPlacement } from './start.js';

/** Of the iterations; the rest is for the descent to the next local optimum. */
const searchShare = 0.9;
/** Placements up to which all are looked at instead. */
const mostEnumerated = 5000;

export interface DistancePlacement {
  kind: 'placement';
  /** By VM: its host. */
  mapping: number[];
  /** Changes that were tried. */
  iterations: number;
}

/** A mapping within all constraints, found by one search. */
export function placeByDistance(problem: Problem, lane: DistanceLane): DistancePlacement | Infeasible {
  const random = xoroshiro128plus(lane.seed);
  const stage = stageOf(problem);
  if (stage === null) return explainInfeasible(problem);
  const { placed, costs } = stage;
  const slots = lane.search.endsWith('assignment') ? slotsOf(problem, stage) : null;
  const refused = start(problem, stage, random);
  if (refused !== null) return refused;
  placed.migrations.settle();
  const iterations = mayEnumerate(placed, lane)
    ? enumeratePlacements(costs)
    : search(problem, stage, slots, lane, random);
  return { kind: 'placement', mapping: placed.mapping(), iterations };
}

function mayEnumerate(placed: Placed, { iterations }: DistanceLane): boolean {
  return countPlacements(placed) <= Math.min(mostEnumerated, iterations);
}

/** Returns how many changes were tried. */
function search(
  problem: Problem,
  stage: Stage,
  slots: Slots | null,
  lane: DistanceLane,
  random: RandomGenerator,
): number {
  const used = Math.floor(searchShare * lane.iterations);
  if (slots !== null) searchAssignment(slots, stage, lane.search, used, random);
  else searchPlacement(problem, stage, lane.search, used, random);
  return used + descendPlacement(stage.costs, lane.iterations - used);
}

/** Places all items; if that fails, by a search that is complete for small problems and knows why there is no mapping. */
function start(problem: Problem, { placed, costs }: Stage, random: RandomGenerator): Infeasible | null {
  if (problem.distances === undefined) throw new Error('the problem has links instead of distances');
  if (!startPlacement(placed, costs.pairs, problem.distances, random)) {
    const found = mappingOrWhyNot(problem);
    if ('kind' in found) return found;
    placed.rearrangeVms(found);
  }
  costs.recount();
  return null;
}
