import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below, unit } from '../engine/random.js';
import type { Progress } from './anneal-assignment.js';
import { Assigned } from './assigned.js';
import { descend } from './descend.js';
import type { QuadraticAssignment } from './quadratic-assignment.js';
import { searchTabu } from './short-tabu.js';

interface Member {
  cost: number;
  places: Int32Array;
}

const populationSize = 15;
/** Share of children without parents, so that the population does not end as one family. */
const newcomerShare = 0.1;
/** Steps of tabu search for each child, for each pair of items. */
const tabuShare = 0.02;
const leastTabuSteps = 20;
/** Pairs that are looked up and kept current in the time in which one swap is computed. */
const pairsForOneSwap = 50;

/**
 * A memetic search: children keep the places that both parents agree on, and are improved by a short tabu search each. Only without costs
 * of items alone, as children take any place.
 */
export function breedAssignments(problem: QuadraticAssignment, random: RandomGenerator, progress: Progress): Assigned {
  const { size } = problem;
  const assigned = new Assigned(
    problem,
    Int32Array.from({ length: size }, (_, item) => item),
  );
  const tabuSteps = Math.max(leastTabuSteps, Math.floor(tabuShare * size * size));
  const population: Member[] = [];
  let children = 0;
  do {
    const isNew = population.length < populationSize || unit(random) < newcomerShare;
    const places = isNew ? shuffled(size, random) : childOf(...parents(population, random), random);
    join(population, improved(assigned, places, tabuSteps, random));
    children++;
  } while (progress(children * workOf(tabuSteps, size)) < 1);
  assigned.assign((population[0] as Member).places);
  return assigned;
}

/** What a child takes, in swaps whose change is computed from rows. */
function workOf(tabuSteps: number, size: number): number {
  return Math.ceil(((tabuSteps + size) * size * size) / pairsForOneSwap);
}

function improved(assigned: Assigned, places: Int32Array, tabuSteps: number, random: RandomGenerator): Member {
  assigned.assign(places);
  assigned.keepDeltas();
  descend(assigned);
  searchTabu(assigned, tabuSteps, random);
  return { cost: assigned.cost, places: assigned.places.slice() };
}

/** The better of two, twice; two different ones if there are. */
function parents(population: readonly Member[], random: RandomGenerator): [Member, Member] {
  const draw = () => Math.min(below(random, population.length), below(random, population.length));
  const first = draw();
  let second = draw();
  if (second === first) second = (first + 1 + below(random, population.length - 1)) % population.length;
  return [population[first] as Member, population[second] as Member];
}

/** Keeps the population sorted, without two of one cost. */
function join(population: Member[], member: Member): void {
  if (population.some(({ cost }) => Math.abs(cost - member.cost) < 1e-9 * Math.abs(cost))) return;
  const after = population.findIndex(({ cost }) => cost > member.cost);
  population.splice(after < 0 ? population.length : after, 0, member);
  if (population.length > populationSize) population.pop();
}

function childOf({ places: one }: Member, { places: other }: Member, random: RandomGenerator): Int32Array {
  const size = one.length;
  const child = new Int32Array(size).fill(-1);
  const isTaken = new Uint8Array(size);
  const settle = (item: number, place: number) => {
    if (isTaken[place] === 1 || child[item] !== -1) return;
    child[item] = place;
    isTaken[place] = 1;
  };
  for (let item = 0; item < size; item++) if (one[item] === other[item]) settle(item, one[item] as number);
  for (let item = 0; item < size; item++) {
    const [first, second] = unit(random) < 0.5 ? [one, other] : [other, one];
    settle(item, first[item] as number);
    settle(item, second[item] as number);
  }
  const free = shuffled(size, random).filter((place) => isTaken[place] === 0);
  let next = 0;
  return child.map((place) => (place >= 0 ? place : (free[next++] as number)));
}

function shuffled(size: number, random: RandomGenerator): Int32Array {
  const list = Int32Array.from({ length: size }, (_, place) => place);
  for (let end = size - 1; end > 0; end--) {
    const place = below(random, end + 1);
    const item = list[end] as number;
    list[end] = list[place] as number;
    list[place] = item;
  }
  return list;
}
