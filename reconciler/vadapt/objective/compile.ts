import type { Checked } from '../../../schema/objective/checked.js';
import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import { type Closure, closureOf } from './closure.js';
import type { Columns } from './columns.js';
import type { CompiledObjective, Input, Part, PathAggregate, Rank, RowFunction, Shape } from './compiled-objective.js';
import { type Aggregate, followsLoad, keyOf, type Leaf, leavesOf, termsIn } from './tree.js';
import { weightedSum } from './weighted-sum.js';

/** Compiles the ranks of an objective to closures over `columns`, which are read whenever values are computed. */
export function compileObjective(ranks: readonly ObjectiveRank[], columns: Columns, paths: number): CompiledObjective {
  const compiler = new Compiler(columns, paths);
  const trees = ranks.map(({ tree }) => tree);
  for (const tree of trees) compiler.collectParts(tree);
  const partValues = new Float64Array(compiler.parts.length);
  return {
    terms: [...new Set(trees.flatMap(termsIn))].sort(),
    pathAggregates: compiler.pathAggregates,
    parts: compiler.parts,
    partValues,
    ranks: ranks.map((rank) => compiler.rank(rank, partValues)),
  };
}

class Compiler {
  readonly parts: Part[] = [];
  readonly pathAggregates: PathAggregate[] = [];
  readonly #columns: Columns;
  readonly #paths: number;
  /** By key: the place in `parts` or in `pathAggregates`; the key of an aggregate says to which level it leads. */
  readonly #places = new Map<string, number>();

  constructor(columns: Columns, paths: number) {
    this.#columns = columns;
    this.#paths = paths;
  }

  collectParts(tree: Checked): void {
    for (const leaf of leavesOf(tree)) if (leaf.kind === 'aggregate') this.#part(leaf);
  }

  rank({ goal, expression, tree }: ObjectiveRank, partValues: Float64Array): Rank {
    // Each part is a column of one.
    const columnOf = (leaf: Leaf) => {
      if (leaf.kind === 'term') return this.#columns[leaf.term];
      const place = this.#part(leaf);
      return partValues.subarray(place, place + 1);
    };
    const closure = closureOf(tree, columnOf);
    return { goal, expression, unit: tree.unit, shape: this.#shape(tree), value: () => closure(0) };
  }

  #part(aggregate: Aggregate): number {
    const { aggregator, over, operand } = aggregate;
    return this.#placeOf(aggregate, this.parts, () => ({ aggregator, over, row: this.#rowFunction(operand) }));
  }

  #pathAggregate(aggregate: Aggregate): number {
    const { aggregator, operand } = aggregate;
    return this.#placeOf(aggregate, this.pathAggregates, () => {
      return { aggregator, edge: this.#rowFunction(operand), values: new Float64Array(this.#paths) };
    });
  }

  #placeOf<T>(aggregate: Aggregate, list: T[], make: () => T): number {
    const key = keyOf(aggregate);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = list.push(make()) - 1;
    this.#places.set(key, place);
    return place;
  }

  #rowFunction(tree: Checked): RowFunction {
    const closure: Closure = closureOf(tree, (leaf) => this.#column(leaf));
    return { at: closure, shape: this.#shape(tree), followsLoad: followsLoad(tree) };
  }

  #column(leaf: Leaf): Float64Array {
    if (leaf.kind === 'term') return this.#columns[leaf.term];
    return (this.pathAggregates[this.#pathAggregate(leaf)] as PathAggregate).values;
  }

  #shape(tree: Checked): Shape {
    const sum = weightedSum(tree);
    if (sum === null) return { kind: 'general' };
    const addends = [...sum.addends.values()].map(({ weight, leaf }) => ({ weight, input: this.#input(leaf) }));
    return { kind: 'weighted-sum', constant: sum.constant, addends };
  }

  #input(leaf: Leaf): Input {
    if (leaf.kind === 'term') return { kind: 'term', term: leaf.term };
    if (leaf.level === 'whole') return { kind: 'part', place: this.#part(leaf) };
    return { kind: 'path-aggregate', place: this.#pathAggregate(leaf) };
  }
}
