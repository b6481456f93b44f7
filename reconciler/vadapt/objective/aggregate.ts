import type { Aggregator } from '../../../schema/objective/functions.js';
import type { Closure } from './closure.js';

/**
 * Aggregates values of `rows[first]` to before `rows[end]`, or where `rows` is null of the rows `first` to before `end`, in this
 * order. Of no rows, a product is 1 and all others are 0. Makes no objects.
 */
export function aggregate(
  aggregator: Aggregator,
  at: Closure,
  rows: Int32Array | null,
  first: number,
  end: number,
): number {
  if (first === end) return aggregator === 'product' ? 1 : 0;
  switch (aggregator) {
    case 'sum':
      return total(at, rows, first, end);
    case 'mean':
      return total(at, rows, first, end) / (end - first);
    case 'deviation':
      return deviation(at, rows, first, end);
    case 'min':
    case 'max':
      return extreme(aggregator, at, rows, first, end);
    case 'product':
      return product(at, rows, first, end);
  }
}

const rowAt = (rows: Int32Array | null, place: number): number => (rows === null ? place : (rows[place] as number));

function total(at: Closure, rows: Int32Array | null, first: number, end: number): number {
  let sum = 0;
  for (let place = first; place < end; place++) sum += at(rowAt(rows, place));
  return sum;
}

function product(at: Closure, rows: Int32Array | null, first: number, end: number): number {
  let value = 1;
  for (let place = first; place < end; place++) value *= at(rowAt(rows, place));
  return value;
}

function extreme(which: 'min' | 'max', at: Closure, rows: Int32Array | null, first: number, end: number): number {
  let value = at(rowAt(rows, first));
  for (let place = first + 1; place < end; place++) {
    const other = at(rowAt(rows, place));
    if (which === 'min' ? other < value : other > value) value = other;
  }
  return value;
}

function deviation(at: Closure, rows: Int32Array | null, first: number, end: number): number {
  const mean = total(at, rows, first, end) / (end - first);
  let squares = 0;
  for (let place = first; place < end; place++) {
    const difference = at(rowAt(rows, place)) - mean;
    squares += difference * difference;
  }
  return Math.sqrt(squares / (end - first));
}
