import type { Problem } from '../../model/problem.js';
import type { Lane } from './lane.js';

/** Mappings up to which branch and bound is worth its while beside a search. */
const mostMappings = 1e6;
const mostDemands = 40;
const stepsForEachIteration = 1;

/** Steps to spend on a proof of what the engine found; 0 where the problem is too large for one. */
export function proofSteps({ vms, demands }: Problem, lanes: readonly Lane[]): number {
  const isEngine = lanes.some(({ search }) => search === 'near' || search === 'hot');
  const mappings = vms.reduce((product, { allowed }) => product * allowed.length, 1);
  if (!isEngine || mappings > mostMappings || demands.length > mostDemands) return 0;
  return stepsForEachIteration * lanes.reduce((sum, { iterations }) => sum + iterations, 0);
}
