import type { Objective } from '../generated/types.js';
import { checkExpression } from './check.js';
import type { Checked } from './checked.js';
import type { ExpressionFault } from './fault.js';
import type { ObjectiveLevel } from './terms.js';

/** What configurations are compared by where all ranks before are equal. */
export interface ObjectiveRank {
  goal: 'maximise' | 'minimise';
  /** As written. */
  expression: string;
  tree: Checked;
}

/** A mistake in the expression in `field` below `spec`. */
export type RefusedExpression = ExpressionFault & { field: (string | number)[] };

export type ReadObjective =
  | { kind: 'objective'; level: ObjectiveLevel; ranks: ObjectiveRank[] }
  | { kind: 'refused'; faults: RefusedExpression[] };

/** What an objective without an expression strives for: equation 2 of the seed, and the same of edges. */
export const presets: Record<ObjectiveLevel, string> = {
  path: 'sum(bottleneck)',
  edge: 'sum(residual)',
};

/** The objective first, then its tie-breaks; or everything that is wrong with any of them. */
export function readObjective({ level, goal, expression, tieBreaks = [] }: Objective['spec']): ReadObjective {
  const written = [
    { goal, expression: expression ?? presets[level], field: ['expression'] },
    ...tieBreaks.map((tieBreak, place) => ({ ...tieBreak, field: ['tieBreaks', place, 'expression'] })),
  ];
  const ranks: ObjectiveRank[] = [];
  const faults: RefusedExpression[] = [];
  for (const { field, ...rank } of written) {
    const checked = checkExpression(rank.expression, level);
    if (checked.kind === 'checked') ranks.push({ ...rank, tree: checked.tree });
    else faults.push(...checked.faults.map((fault) => ({ ...fault, field })));
  }
  return faults.length === 0 ? { kind: 'objective', level, ranks } : { kind: 'refused', faults };
}
