import type { Aggregator } from '../../../schema/objective/functions.js';
import type { RowLevel, TermName } from '../../../schema/objective/terms.js';
import type { Unit } from '../../../schema/objective/units.js';

/**
 * An objective f(g, h, k) taken apart, so that it can be kept current by differences: `pathAggregates` are h, from the edges of a
 * path to the path; `parts` are g and k, from rows of one level to the configuration; `ranks` are f, the objective and its
 * tie-breaks. What occurs twice is there once. Values live in the columns it was compiled with, in `values` and in `partValues`;
 * to compute them makes no objects.
 */
export interface CompiledObjective {
  /** Columns that have to be filled, sorted. */
  terms: readonly TermName[];
  pathAggregates: readonly PathAggregate[];
  parts: readonly Part[];
  /** By part: its value. */
  partValues: Float64Array;
  ranks: readonly Rank[];
}

/** A value for each path, aggregated over its edges. */
export interface PathAggregate {
  aggregator: Aggregator;
  edge: RowFunction;
  /** By path. */
  values: Float64Array;
}

/** A value of the configuration, aggregated over the edges in use, or over all paths, hosts or VMs. */
export interface Part {
  over: RowLevel;
  aggregator: Aggregator;
  row: RowFunction;
}

/** A value of the configuration, from those of parts and of terms of the whole configuration. */
export interface Rank {
  goal: 'maximise' | 'minimise';
  expression: string;
  unit: Unit;
  shape: Shape;
  value(): number;
}

/** A value for each row of one level. */
export interface RowFunction {
  at(row: number): number;
  shape: Shape;
  /** Whether values change when another demand comes to share an edge; for paths, also by what they aggregate. */
  followsLoad: boolean;
}

/** A weighted sum equals the value up to rounding. */
export type Shape = { kind: 'weighted-sum'; constant: number; addends: readonly Addend[] } | { kind: 'general' };

export interface Addend {
  weight: number;
  input: Input;
}

/** What a value is computed from; `place` is one in `pathAggregates`, or in `parts`. */
export type Input =
  | { kind: 'term'; term: TermName }
  | { kind: 'path-aggregate'; place: number }
  | { kind: 'part'; place: number };
