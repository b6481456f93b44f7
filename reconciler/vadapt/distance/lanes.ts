import type { Problem } from '../../model/problem.js';
import { laneSeed } from '../lane-seed.js';
import { slotsOf } from './slots.js';
import { stageOf } from './stage.js';

/**
 * Searches by distance: of assignments, annealing from hot and from cool and breeding; of other placements, annealing from as hot or cool.
 */
export type DistanceSearch =
  | 'hot-assignment'
  | 'bred-assignment'
  | 'cool-assignment'
  | 'hot-placement'
  | 'cool-placement';

/** One search of a portfolio; what it finds follows from the problem and these alone. */
export interface DistanceLane {
  search: DistanceSearch;
  /** An integer. */
  seed: number;
  /** Changes to try. */
  iterations: number;
}

/** Annealing of assignments goes deepest in one long run; the others find what it misses on other forms. */
const assignmentShares: readonly [DistanceSearch, number][] = [
  ['hot-assignment', 0.5],
  ['bred-assignment', 0.25],
  ['cool-assignment', 0.25],
];
/** Of more items than this, breeding and cool annealing find nothing that hot annealing does not. */
const fewItems = 128;
const twoOfAKind: readonly [DistanceSearch, number][] = [
  ['hot-assignment', 0.5],
  ['hot-assignment', 0.5],
];
const boundAssignmentShares: readonly [DistanceSearch, number][] = [
  ['hot-assignment', 0.5],
  ['cool-assignment', 0.5],
];
const placementShares: readonly [DistanceSearch, number][] = [
  ['hot-placement', 0.5],
  ['cool-placement', 0.5],
];

/** The lanes for a problem of distances, which follow from its form; longest first. */
export function distanceLanes(problem: Problem, options: { seed: number; iterations: number }): DistanceLane[] {
  return sharesFor(problem).map(([search, share], place) => ({
    search,
    seed: laneSeed(options.seed, place),
    iterations: Math.floor(share * options.iterations),
  }));
}

function sharesFor(problem: Problem): readonly [DistanceSearch, number][] {
  const stage = stageOf(problem);
  const slots = stage && slotsOf(problem, stage);
  if (slots === null) return placementShares;
  const { alone, size } = slots.assignment;
  if (alone !== null) return boundAssignmentShares;
  return size > fewItems ? twoOfAKind : assignmentShares;
}
