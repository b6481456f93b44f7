import { aggregate } from '../objective/aggregate.js';
import type { Part } from '../objective/compiled-objective.js';

/** Values of the rows of one part, and its value: of sums by differences, of others from all rows when it is asked for. */
export class PartRows {
  readonly part: Part;
  readonly #place: number;
  readonly #values: Float64Array;
  readonly #at: (row: number) => number;
  #total = 0;
  #isStale = true;

  constructor(part: Part, place: number, rows: number) {
    this.part = part;
    this.#place = place;
    const values = new Float64Array(rows);
    this.#values = values;
    this.#at = (row) => values[row] as number;
  }

  /** Computes the value of a row from the columns anew. */
  refresh(row: number): void {
    this.#change(row, this.part.row.at(row));
  }

  /** The row does not count any more, until it is refreshed. */
  drop(row: number): void {
    this.#change(row, 0);
  }

  /** Which rows count has changed. */
  outdate(): void {
    this.#isStale = true;
  }

  #change(row: number, value: number): void {
    const old = this.#values[row] as number;
    if (value === old) return;
    this.#total += value - old;
    this.#values[row] = value;
    this.#isStale = true;
  }

  /** Adds the total up anew: what was changed often is not exact. */
  recount(): void {
    this.#total = this.#values.reduce((sum, value) => sum + value, 0);
    this.#isStale = true;
  }

  /** Writes the value of the part, over rows as they are listed, or all up to `end` where `rows` is null. */
  write(partValues: Float64Array, rows: Int32Array | null, end: number): void {
    const { aggregator } = this.part;
    if (aggregator === 'sum') partValues[this.#place] = this.#total;
    else if (aggregator === 'mean') partValues[this.#place] = end === 0 ? 0 : this.#total / end;
    else if (this.#isStale) partValues[this.#place] = aggregate(aggregator, this.#at, rows, 0, end);
    this.#isStale = false;
  }
}
