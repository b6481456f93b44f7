import type { Checked } from '../../../schema/objective/checked.js';
import type { Leaf } from './tree.js';

/** The value of one row; `row` is 0 for the whole configuration. */
export type Closure = (row: number) => number;

/** A tree as closures over the columns that hold the values of its terms and aggregates. */
export function closureOf(tree: Checked, columnOf: (leaf: Leaf) => Float64Array): Closure {
  switch (tree.kind) {
    case 'constant': {
      const { value } = tree;
      return () => value;
    }
    case 'term':
    case 'aggregate': {
      const column = columnOf(tree);
      return (row) => column[row] as number;
    }
    case 'negation': {
      const operand = closureOf(tree.operand, columnOf);
      return (row) => -operand(row);
    }
    case 'operation':
      return operationOf(tree, columnOf);
    case 'function':
      return functionOf(tree, columnOf);
  }
}

function operationOf(
  { operator, left: leftTree, right: rightTree }: Checked & { kind: 'operation' },
  columnOf: (leaf: Leaf) => Float64Array,
): Closure {
  const [left, right] = [closureOf(leftTree, columnOf), closureOf(rightTree, columnOf)];
  switch (operator) {
    case '+':
      return (row) => left(row) + right(row);
    case '-':
      return (row) => left(row) - right(row);
    case '*':
      return (row) => left(row) * right(row);
    case '/':
      return (row) => left(row) / right(row);
  }
}

function functionOf({ name, args }: Checked & { kind: 'function' }, columnOf: (leaf: Leaf) => Float64Array): Closure {
  const [first, ...others] = args.map((arg) => closureOf(arg, columnOf));
  if (!first) throw new Error(`${name} has no argument`);
  switch (name) {
    case 'abs':
      return (row) => Math.abs(first(row));
    case 'min':
      return others.reduce(
        (a, b): Closure =>
          (row) =>
            Math.min(a(row), b(row)),
        first,
      );
    case 'max':
      return others.reduce(
        (a, b): Closure =>
          (row) =>
            Math.max(a(row), b(row)),
        first,
      );
  }
}
