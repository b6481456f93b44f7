import type { Checked } from '../../../schema/objective/checked.js';
import type { Aggregator } from '../../../schema/objective/functions.js';
import {
  differenceOf,
  exactly,
  greatestOf,
  type Interval,
  leastOf,
  magnitudeOf,
  negativeOf,
  productOf,
  quotientOf,
  sumOf,
  withZero,
} from '../../../schema/objective/interval.js';
import type { Setting } from '../engine/setting.js';
import { keyOf } from '../objective/tree.js';
import { RowRanges } from './row-ranges.js';

type Aggregate = Checked & { kind: 'aggregate' };
type RangeOfLeaf = (leaf: Checked & { kind: 'term' | 'aggregate' }) => Interval;

/** Between which values an objective is for any configuration, row by row as closely as is known of the rows. */
export function rankRange(setting: Setting, tree: Checked): Interval {
  const rows = new RowRanges(setting);
  const whole = rangeOf(tree, (leaf) =>
    leaf.kind === 'term' ? rows.ofWhole(leaf.term) : overRows(setting, rows, leaf),
  );
  return { low: Math.max(whole.low, tree.range.low), high: Math.min(whole.high, tree.range.high) };
}

function rangeOf(tree: Checked, ofLeaf: RangeOfLeaf): Interval {
  switch (tree.kind) {
    case 'constant':
      return exactly(tree.value);
    case 'term':
    case 'aggregate':
      return ofLeaf(tree);
    case 'negation':
      return negativeOf(rangeOf(tree.operand, ofLeaf));
    case 'operation': {
      const [left, right] = [rangeOf(tree.left, ofLeaf), rangeOf(tree.right, ofLeaf)];
      const operations = { '+': sumOf, '-': differenceOf, '*': productOf, '/': quotientOf } as const;
      return operations[tree.operator](left, right);
    }
    case 'function': {
      const ranges = tree.args.map((arg) => rangeOf(arg, ofLeaf));
      if (tree.name === 'abs') return magnitudeOf(ranges[0] ?? exactly(0));
      return tree.name === 'min' ? leastOf(ranges) : greatestOf(ranges);
    }
  }
}

/** The value of a part over all its rows; of edges, any of which may be in use. */
function overRows(setting: Setting, rows: RowRanges, { over, aggregator, operand, range }: Aggregate): Interval {
  const { graph } = setting;
  const { hosts, vms } = graph.problem;
  const each = (count: number, ofRow: (row: number) => RangeOfLeaf) =>
    Array.from({ length: count }, (_, row) => rangeOf(operand, ofRow(row)));
  switch (over) {
    case 'path':
      return aggregated(
        aggregator,
        each(graph.demands, (demand) => (leaf) => ofPath(rows, leaf, demand)),
        range,
      );
    case 'host':
      return aggregated(
        aggregator,
        each(hosts.length, () => (leaf) => (leaf.kind === 'term' ? rows.ofHost(leaf.term) : leaf.range)),
        range,
      );
    case 'vm':
      return aggregated(
        aggregator,
        each(vms.length, () => (leaf) => (leaf.kind === 'term' ? rows.ofVm(leaf.term) : leaf.range)),
        range,
      );
    case 'edge': {
      const used = each(
        graph.firstInside,
        (edge) => (leaf) => (leaf.kind === 'term' ? rows.ofEdge(leaf.term, edge) : leaf.range),
      ).map(withZero);
      if (aggregator === 'product') return range;
      // Any edge may be the only one in use: an extreme is then that edge's, like a mean.
      const isExtreme = aggregator === 'min' || aggregator === 'max';
      return aggregated(isExtreme ? 'mean' : aggregator, used, range);
    }
  }
}

function ofPath(rows: RowRanges, leaf: Checked & { kind: 'term' | 'aggregate' }, demand: number): Interval {
  if (leaf.kind === 'term') return rows.ofPath(leaf.term, demand);
  if (leaf.level !== 'path') return leaf.range;
  const key = keyOf(leaf);
  if (key === '(min to path residual)') return rows.bottleneck(demand);
  if (key === '(sum to path latency)') return rows.latency(demand);
  return leaf.range;
}

/** Of rows that all count; none of them have 0, or 1 as a product. */
function aggregated(aggregator: Aggregator, rows: readonly Interval[], otherwise: Interval): Interval {
  const [first, ...others] = rows;
  if (first === undefined) return exactly(aggregator === 'product' ? 1 : 0);
  const { low, high } = others.reduce(hull, first);
  switch (aggregator) {
    case 'sum':
      return others.reduce(sumOf, first);
    case 'mean':
      return { low, high };
    case 'min':
      return { low, high: others.reduce((least, row) => Math.min(least, row.high), first.high) };
    case 'max':
      return { low: others.reduce((most, row) => Math.max(most, row.low), first.low), high };
    case 'deviation':
      return { low: 0, high: (high - low) / 2 };
    case 'product':
      return otherwise;
  }
}

const hull = (a: Interval, b: Interval): Interval => ({ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) });
