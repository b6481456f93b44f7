import type { Checked } from '../../../schema/objective/checked.js';
import { parse } from '../../../schema/objective/parse.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { Syntax } from '../../../schema/objective/syntax.js';

/** One of the values that an expression adds up. */
export interface Addend {
  /** As written, with its sign. */
  expression: string;
  sign: 1 | -1;
  tree: Checked;
}

/** What the expression of a rank adds up and takes off, in the order in which it is written; one if it is no sum. */
export function addendsOf({ expression, tree }: ObjectiveRank): Addend[] {
  const addends: Addend[] = [];
  const walk = (syntax: Syntax, part: Checked, sign: 1 | -1): void => {
    const opposite = sign === 1 ? -1 : 1;
    if (syntax.kind === 'operation' && part.kind === 'operation' && (part.operator === '+' || part.operator === '-')) {
      walk(syntax.left, part.left, sign);
      walk(syntax.right, part.right, part.operator === '+' ? sign : opposite);
    } else if (syntax.kind === 'negation' && part.kind === 'negation') {
      walk(syntax.operand, part.operand, opposite);
    } else {
      const text = expression.slice(syntax.start, syntax.end).replace(/\s+/g, ' ');
      addends.push({ expression: sign === 1 ? text : `-${text}`, sign, tree: part });
    }
  };
  walk(parse(expression).syntax, tree, 1);
  return addends;
}
