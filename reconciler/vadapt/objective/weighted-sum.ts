import type { Checked } from '../../../schema/objective/checked.js';
import { keyOf, type Leaf } from './tree.js';

interface WeightedSum {
  constant: number;
  /** By key, in the order in which they are written. */
  addends: Map<string, { weight: number; leaf: Leaf }>;
}

/** A tree as a sum of terms and aggregates, each times a number; null if it is none. Aggregates are taken as they are. */
export function weightedSum(tree: Checked): WeightedSum | null {
  switch (tree.kind) {
    case 'constant':
      return { constant: tree.value, addends: new Map() };
    case 'term':
    case 'aggregate':
      return { constant: 0, addends: new Map([[keyOf(tree), { weight: 1, leaf: tree }]]) };
    case 'function':
      return null;
    case 'negation':
      return scaled(weightedSum(tree.operand), -1);
    case 'operation': {
      const [left, right] = [weightedSum(tree.left), weightedSum(tree.right)];
      if (tree.operator === '+') return added(left, right);
      if (tree.operator === '-') return added(left, scaled(right, -1));
      const factor = right?.addends.size === 0 ? right.constant : null;
      if (factor !== null) return scaled(left, tree.operator === '*' ? factor : 1 / factor);
      return tree.operator === '*' && left?.addends.size === 0 ? scaled(right, left.constant) : null;
    }
  }
}

function scaled(sum: WeightedSum | null, factor: number): WeightedSum | null {
  if (sum === null) return null;
  const addends = [...sum.addends].map(([key, { weight, leaf }]) => [key, { weight: weight * factor, leaf }] as const);
  return { constant: sum.constant * factor, addends: new Map(addends) };
}

function added(left: WeightedSum | null, right: WeightedSum | null): WeightedSum | null {
  if (left === null || right === null) return null;
  const addends = new Map(left.addends);
  for (const [key, { weight, leaf }] of right.addends) {
    addends.set(key, { weight: (addends.get(key)?.weight ?? 0) + weight, leaf });
  }
  return { constant: left.constant + right.constant, addends };
}
