import type { Problem } from '../../model/problem.js';
import { Costs } from './costs.js';
import { contradictedGroup } from './group-rules.js';
import { itemsOf } from './items.js';
import { Placed } from './placed.js';

/** Items without places, and what will be compared. */
export interface Stage {
  placed: Placed;
  costs: Costs;
}

/** Null if two VMs have to be together on a host and apart. */
export function stageOf(problem: Problem): Stage | null {
  const items = itemsOf(problem);
  if (contradictedGroup(problem, items) !== null) return null;
  const placed = new Placed(problem, items);
  return { placed, costs: new Costs(problem, placed) };
}
