import type { Infeasible } from '../../model/problem.js';
import type { DistanceLane } from '../distance/lanes.js';
import type { DistancePlacement } from '../distance/place-by-distance.js';
import type { Proof } from '../exact/prove.js';

/** Searches of the engine: from what runs, from a mapping found by widths alone, and from anywhere. */
export type EngineSearch = 'near' | 'far' | 'hot';
/** The seed's own; its annealing also with one path perturbed at a time. */
export type SeedSearch = 'greedy-pairs' | 'greedy-order' | 'annealing' | 'annealing-by-path' | 'genetic';
export type EdgeSearch = EngineSearch | SeedSearch | 'exact';

/** One search of a portfolio; what it finds follows from the problem and these alone. */
export type Lane = { search: EdgeSearch; seed: number; iterations: number } | DistanceLane;

const edgeSearches: Record<EdgeSearch, true> = {
  ...{ near: true, far: true, hot: true, exact: true },
  ...{ 'greedy-pairs': true, 'greedy-order': true, annealing: true, 'annealing-by-path': true, genetic: true },
};

export function isDistanceLane(lane: Lane): lane is DistanceLane {
  return !Object.hasOwn(edgeSearches, lane.search);
}

/** What a lane found, as plain values that can go from thread to thread. */
export interface Landing {
  kind: 'landing';
  mapping: Int32Array;
  /** Edges of each demand's path; none where it has none. */
  paths: Int32Array[];
  /** Changes that were tried. */
  iterations: number;
}

export type LaneResult = Landing | DistancePlacement | (Proof & { kind: 'proof' }) | Infeasible;
