import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { annealAssignment } from '../assignment/anneal-assignment.js';
import type { Assigned } from '../assignment/assigned.js';
import { breedAssignments } from '../assignment/breed-assignments.js';
import { type QuadraticAssignment, symmetrised } from '../assignment/quadratic-assignment.js';
import type { DistanceSearch } from './lanes.js';
import type { Slots } from './slots.js';
import type { Stage } from './stage.js';

/** Calibrated at a local optimum; families of instances differ in which of both is better. */
const firstShares = { hot: 0.15, cool: 0.04 };
/** Warm enough to leave the best assignment, and not to forget it: the second part goes on from there. */
const againShare = 0.02;
/** Steps that half of a budget needs by the square of items, lest the first part ends too early to be worth going on from. */
const leastSteps = 200;
/** Steps that the first part needs by the square of items: at least half of a budget, and at most this share of it. */
const firstSteps = 500;
const longestFirst = 0.7;
const lastCount = 2;

/** Searches for the best assignment of items to slots, from where they are; leaves items there. */
export function searchAssignment(
  { assignment, hostOf }: Slots,
  { placed, costs }: Stage,
  search: DistanceSearch,
  iterations: number,
  random: RandomGenerator,
): void {
  const problem = symmetrised(assignment);
  const found = searched(problem, slotOfEach(hostOf, placed.hostOf), search, iterations, random);
  placed.rearrange(found.places.subarray(0, placed.items.count).map((slot) => hostOf[slot] as number));
  costs.recount();
}

function searched(
  problem: QuadraticAssignment,
  start: Int32Array,
  search: DistanceSearch,
  iterations: number,
  random: RandomGenerator,
): Assigned {
  const within = (budget: number) => (steps: number) => steps / budget;
  if (search === 'bred-assignment') return breedAssignments(problem, random, within(iterations));
  const firstShare = search === 'hot-assignment' ? firstShares.hot : firstShares.cool;
  const half = Math.floor(iterations / 2);
  if (half < leastSteps * problem.size ** 2)
    return annealAssignment(problem, start, { firstShare, lastCount }, random, within(iterations));
  const first = Math.max(half, Math.floor(Math.min(longestFirst * iterations, firstSteps * problem.size ** 2)));
  const { places } = annealAssignment(problem, start, { firstShare, lastCount }, random, within(first));
  return annealAssignment(problem, places, { firstShare: againShare, lastCount }, random, within(iterations - first));
}

/** A slot for each item on its host, and for items that only fill slots, those that are left. */
function slotOfEach(hostOfSlot: Int32Array, hostOf: Int32Array): Int32Array {
  const freeOf = new Map<number, number[]>();
  for (const [slot, host] of hostOfSlot.entries()) freeOf.set(host, [...(freeOf.get(host) ?? []), slot]);
  const taken = Array.from(hostOf, (host) => freeOf.get(host)?.pop() as number);
  return Int32Array.from([...taken, ...[...freeOf.values()].flat()]);
}
