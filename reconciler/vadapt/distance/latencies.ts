import type { Distances } from '../../model/problem.js';

/** Latency between hosts in ms, in flat arrays; 0 inside a host, whatever a matrix says of it. */
export class Latencies {
  readonly hosts: number;
  /** Whether both directions of every pair take equally long. */
  readonly isSymmetric: boolean;
  readonly #matrix: Float64Array | null;
  readonly #levels: number;
  /** By level, then host. */
  readonly #zones: Int32Array;
  /** By level, from the smallest zones outwards. */
  readonly #levelMs: Float64Array;
  readonly #beyondMs: number;

  constructor(distances: Distances, hosts: number) {
    this.hosts = hosts;
    const levels = distances.kind === 'zones' ? distances.levels : [];
    this.#levels = levels.length;
    this.#zones = Int32Array.from(levels.flatMap(({ zoneOf }) => zoneOf));
    this.#levelMs = Float64Array.from(levels, ({ latencyMs }) => latencyMs);
    this.#beyondMs = distances.kind === 'zones' ? distances.beyondMs : 0;
    this.#matrix = distances.kind === 'matrix' ? flat(distances.latencyMs) : null;
    this.isSymmetric = this.#matrix === null || isSymmetric(this.#matrix, hosts);
  }

  /** The least and the greatest between different hosts, or of what zones may have. */
  range(): [low: number, high: number] {
    const values = this.#matrix ?? [...this.#levelMs, this.#beyondMs];
    let [low, high] = [Number.POSITIVE_INFINITY, 0];
    values.forEach((ms, place) => {
      if (this.#matrix !== null && place % (this.hosts + 1) === 0) return;
      low = Math.min(low, ms);
      high = Math.max(high, ms);
    });
    return low <= high ? [low, high] : [0, 0];
  }

  between(from: number, to: number): number {
    if (this.#matrix !== null) return this.#matrix[from * this.hosts + to] as number;
    if (from === to) return 0;
    const { hosts } = this;
    for (let level = 0, row = 0; level < this.#levels; level++, row += hosts)
      if (this.#zones[row + from] === this.#zones[row + to]) return this.#levelMs[level] as number;
    return this.#beyondMs;
  }
}

function flat(rows: readonly (readonly number[])[]): Float64Array {
  const matrix = new Float64Array(rows.length * rows.length);
  rows.forEach((row, from) => {
    row.forEach((ms, to) => {
      matrix[from * rows.length + to] = from === to ? 0 : ms;
    });
  });
  return matrix;
}

function isSymmetric(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++)
      if (matrix[row * size + column] !== matrix[column * size + row]) return false;
  return true;
}
