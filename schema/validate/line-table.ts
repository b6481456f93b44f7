import type { Position, Range } from '../generated/types.js';

/** Turns offsets in a text into lines and columns. */
export class LineTable {
  readonly #filename: string;
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(filename: string, text: string) {
    this.#filename = filename;
    this.#text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** From the character at `start` to the one before `end`, at least one. */
  range(start: number, end: number): Range {
    return { filename: this.#filename, start: this.#position(start), end: this.#position(Math.max(end, start + 1)) };
  }

  /** Where a position is in the text; undefined beyond its last line. */
  offset({ line, column }: Position): number | undefined {
    const start = this.#starts[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }

  /** The text from `start` to before `end`. */
  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  #position(offset: number): Position {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
