import type { Checked } from '../../../schema/objective/checked.js';
import { type TermName, terms } from '../../../schema/objective/terms.js';

export type Aggregate = Checked & { kind: 'aggregate' };
export type Leaf = Aggregate | (Checked & { kind: 'term' });

export function childrenOf(tree: Checked): readonly Checked[] {
  switch (tree.kind) {
    case 'constant':
    case 'term':
      return [];
    case 'negation':
    case 'aggregate':
      return [tree.operand];
    case 'operation':
      return [tree.left, tree.right];
    case 'function':
      return tree.args;
  }
}

/** The terms and aggregates that a value is computed from. */
export function leavesOf(tree: Checked): Leaf[] {
  return tree.kind === 'term' || tree.kind === 'aggregate' ? [tree] : childrenOf(tree).flatMap(leavesOf);
}

/** Terms anywhere in a tree. */
export function termsIn(tree: Checked): TermName[] {
  return tree.kind === 'term' ? [tree.term] : childrenOf(tree).flatMap(termsIn);
}

export function followsLoad(tree: Checked): boolean {
  return termsIn(tree).some((term) => terms[term].followsLoad);
}

/** Equal for trees that have equal values. */
export function keyOf(tree: Checked): string {
  const children = childrenOf(tree).map(keyOf).join(' ');
  switch (tree.kind) {
    case 'constant':
      return String(tree.value);
    case 'term':
      return tree.term;
    case 'negation':
      return `(negative ${children})`;
    case 'operation':
      return `(${tree.operator} ${children})`;
    case 'function':
      return `(${tree.name} ${children})`;
    case 'aggregate':
      return `(${tree.aggregator} to ${tree.level} ${children})`;
  }
}
