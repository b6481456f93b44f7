import { costOf, isSymmetric, type QuadraticAssignment } from './quadratic-assignment.js';

/**
 * An assignment that is changed by swapping two items, with its cost. What a swap would change is computed from two rows; or, once
 * `keepDeltas` was called, looked up in a table that every swap keeps current: dear to swap, cheap to ask (Taillard, 1991).
 */
export class Assigned {
  readonly problem: QuadraticAssignment;
  readonly places: Int32Array;
  cost = 0;
  readonly #isSymmetric: boolean;
  /** Distances between the places of items, so that rows of flows and of distances are walked alike. */
  readonly #between: Float64Array;
  /** By smaller item, then larger one: what swapping them would change, without what they cost alone. */
  #deltas: Float64Array | null = null;
  readonly #flowGap: Float64Array;
  readonly #distanceGap: Float64Array;

  constructor(problem: QuadraticAssignment, places: ArrayLike<number>) {
    this.problem = problem;
    this.#isSymmetric = isSymmetric(problem.flows, problem.size) && isSymmetric(problem.distances, problem.size);
    this.places = new Int32Array(problem.size);
    this.#between = new Float64Array(problem.size * problem.size);
    this.#flowGap = new Float64Array(problem.size);
    this.#distanceGap = new Float64Array(problem.size);
    this.assign(places);
  }

  /** Starts from another assignment; deltas are not kept any more. */
  assign(places: ArrayLike<number>): void {
    const { size, distances } = this.problem;
    this.places.set(places);
    for (let item = 0; item < size; item++)
      for (let other = 0; other < size; other++)
        this.#between[item * size + other] = distances[
          (places[item] as number) * size + (places[other] as number)
        ] as number;
    this.cost = costOf(this.problem, places);
    this.#deltas = null;
  }

  /** Looks deltas up from now on; of matrices that are not symmetric they are computed as before. */
  keepDeltas(): void {
    if (!this.#isSymmetric) return;
    const { size } = this.problem;
    const deltas = new Float64Array(size * size);
    for (let a = 0; a < size; a++) for (let b = a + 1; b < size; b++) deltas[a * size + b] = this.#fromRows(a, b);
    this.#deltas = deltas;
  }

  /** What all swaps would change, where it is kept and there is nothing else to add: by smaller item, then larger one. */
  get table(): Float64Array | null {
    return this.problem.alone === null ? this.#deltas : null;
  }

  /** What swapping two items, `a` the smaller, would add to the cost; infinite if one may not be where the other is. */
  delta(a: number, b: number): number {
    const pairs = this.#deltas ? (this.#deltas[a * this.problem.size + b] as number) : this.#fromRows(a, b);
    return this.problem.alone ? pairs + this.#aloneDelta(a, b) : pairs;
  }

  #aloneDelta(a: number, b: number): number {
    const { alone, size } = this.problem;
    if (!alone) return 0;
    const [placeOfA, placeOfB] = [this.places[a] as number, this.places[b] as number];
    const now = (alone[a * size + placeOfA] as number) + (alone[b * size + placeOfB] as number);
    return (alone[a * size + placeOfB] as number) + (alone[b * size + placeOfA] as number) - now;
  }

  #fromRows(a: number, b: number): number {
    const { size, flows } = this.problem;
    const between = this.#between;
    const rowA = a * size;
    const rowB = b * size;
    // Two sums side by side: one addition need not wait for the other.
    let [even, odd] = [0, 0];
    const pairs = size - (size & 1);
    for (let k = 0; k < pairs; k += 2) {
      const flowGap = (flows[rowA + k] as number) - (flows[rowB + k] as number);
      even += flowGap * ((between[rowB + k] as number) - (between[rowA + k] as number));
      const nextGap = (flows[rowA + k + 1] as number) - (flows[rowB + k + 1] as number);
      odd += nextGap * ((between[rowB + k + 1] as number) - (between[rowA + k + 1] as number));
    }
    let sum = even + odd + (pairs < size ? this.#product(rowA, rowB, pairs) : 0);
    sum -= this.#product(rowA, rowB, a) + this.#product(rowA, rowB, b);
    return (this.#isSymmetric ? 2 * sum : sum + this.#fromColumns(a, b)) + this.#ofTheTwo(a, b);
  }

  #product(rowA: number, rowB: number, k: number): number {
    const { flows } = this.problem;
    const flowGap = (flows[rowA + k] as number) - (flows[rowB + k] as number);
    return flowGap * ((this.#between[rowB + k] as number) - (this.#between[rowA + k] as number));
  }

  #fromColumns(a: number, b: number): number {
    const { size, flows } = this.problem;
    const between = this.#between;
    let sum = 0;
    for (let k = 0; k < size; k++) {
      if (k === a || k === b) continue;
      const row = k * size;
      const flowGap = (flows[row + a] as number) - (flows[row + b] as number);
      sum += flowGap * ((between[row + b] as number) - (between[row + a] as number));
    }
    return sum;
  }

  /** Of flows between the two, and of each to itself. */
  #ofTheTwo(a: number, b: number): number {
    const { size, flows } = this.problem;
    const between = this.#between;
    const [aa, ab, ba, bb] = [a * size + a, a * size + b, b * size + a, b * size + b];
    const own = ((flows[aa] as number) - (flows[bb] as number)) * ((between[bb] as number) - (between[aa] as number));
    const mutual =
      ((flows[ab] as number) - (flows[ba] as number)) * ((between[ba] as number) - (between[ab] as number));
    return own + mutual;
  }

  /** Swaps two items, `a` the smaller. */
  swap(a: number, b: number): void {
    this.cost += this.delta(a, b);
    if (this.#deltas) this.#swapWithDeltas(a, b, this.#deltas);
    else this.#swapRows(a, b);
  }

  #swapRows(a: number, b: number): void {
    const { size } = this.problem;
    const { places } = this;
    const between = this.#between;
    const place = places[a] as number;
    places[a] = places[b] as number;
    places[b] = place;
    for (let k = 0; k < size; k++) {
      const value = between[a * size + k] as number;
      between[a * size + k] = between[b * size + k] as number;
      between[b * size + k] = value;
    }
    for (let row = 0; row < size * size; row += size) {
      const value = between[row + a] as number;
      between[row + a] = between[row + b] as number;
      between[row + b] = value;
    }
  }

  #swapWithDeltas(a: number, b: number, deltas: Float64Array): void {
    const { size, flows } = this.problem;
    const between = this.#between;
    const [flowGap, distanceGap] = [this.#flowGap, this.#distanceGap];
    for (let k = 0; k < size; k++) {
      flowGap[k] = (flows[a * size + k] as number) - (flows[b * size + k] as number);
      distanceGap[k] = (between[b * size + k] as number) - (between[a * size + k] as number);
    }
    this.#swapRows(a, b);
    for (let u = 0; u < size; u++) {
      if (u === a || u === b) continue;
      const [flow, distance] = [flowGap[u] as number, distanceGap[u] as number];
      for (let v = u + 1; v < size; v++)
        (deltas[u * size + v] as number) +=
          2 * (flow - (flowGap[v] as number)) * ((distanceGap[v] as number) - distance);
    }
    for (let k = 0; k < size; k++) {
      if (k !== a) deltas[Math.min(k, a) * size + Math.max(k, a)] = this.#fromRows(Math.min(k, a), Math.max(k, a));
      if (k !== b && k !== a)
        deltas[Math.min(k, b) * size + Math.max(k, b)] = this.#fromRows(Math.min(k, b), Math.max(k, b));
    }
  }
}
