import { type Edge, type Graph, neighboursOf } from './graph.js';
import type { Lattice } from './lattice.js';

/** A vertex at a place of the lattice. */
export interface Placed {
  place: number;
  vertex: number;
}

/** Lattice edges that the graph lacks, and edges of the graph that are none of the lattice. */
export interface Mismatch {
  missing: number;
  spurious: Edge[];
}

/**
 * Lays the graph over a lattice of as many places, starting from `start`. Where it is most certain which vertex comes next, one is
 * placed next: one that the most of its neighbours there speak for, and the fewest of those that are no neighbours there against.
 * Null as soon as more than `limit` edges are missing, or so many of the first that the start was wrong.
 */
export function embed(graph: Graph, lattice: Lattice, start: readonly Placed[], limit: number): Mismatch | null {
  const layout = new Layout(graph, lattice);
  for (const { place, vertex } of start) layout.put(place, vertex);
  for (let next = layout.next(); next !== null; next = layout.next()) {
    layout.put(next.place, next.vertex);
    if (layout.missing > Math.min(limit, missingAtFirst + missingShare * layout.compared)) return null;
  }
  return layout.mismatch();
}

/** A start is given up when more edges are missing than this, and this share of those that were looked at. */
const missingAtFirst = 3;
const missingShare = 0.25;

interface Candidate extends Placed {
  score: number;
  /** By how much it is ahead of the second. */
  margin: number;
}

class Layout {
  /** Lattice edges between taken places that the graph lacks. */
  missing = 0;
  /** Lattice edges between taken places. */
  compared = 0;
  readonly #graph: Graph;
  readonly #lattice: Lattice;
  readonly #vertexAt: Int32Array;
  readonly #placeOf: Int32Array;
  /** Best candidates of free places beside taken ones. */
  readonly #frontier = new Map<number, Candidate | null>();

  constructor(graph: Graph, lattice: Lattice) {
    this.#graph = graph;
    this.#lattice = lattice;
    this.#vertexAt = new Int32Array(graph.size).fill(-1);
    this.#placeOf = new Int32Array(graph.size).fill(-1);
  }

  put(place: number, vertex: number): void {
    const beside = new Set([vertex, ...neighboursOf(this.#graph, vertex)]);
    for (const other of this.#around(place)) {
      const taken = this.#vertexAt[other] ?? -1;
      if (taken >= 0) this.compared += 1;
      if (taken >= 0 && !beside.has(taken)) this.missing += 1;
    }
    this.#vertexAt[place] = vertex;
    this.#placeOf[vertex] = place;
    this.#frontier.delete(place);
    // What this changes: candidates at its neighbours, and wherever the vertex or one beside it was about to go.
    for (const [other, candidate] of this.#frontier) {
      if (candidate !== null && beside.has(candidate.vertex)) this.#frontier.set(other, this.#best(other));
    }
    for (const other of this.#around(place)) {
      if (this.#vertexAt[other] === -1) this.#frontier.set(other, this.#best(other));
    }
  }

  next(): Candidate | null {
    let best: Candidate | null = null;
    for (const candidate of this.#frontier.values()) {
      if (candidate === null) continue;
      if (best === null || isAhead(candidate, best)) best = candidate;
    }
    return best;
  }

  mismatch(): Mismatch {
    const spurious = this.#graph.edges.filter(({ a, b }) => {
      const [from, to] = [this.#placeOf[a] ?? -1, this.#placeOf[b] ?? -1];
      return from < 0 || to < 0 || !this.#around(from).includes(to);
    });
    const matched = this.#graph.edges.length - spurious.length;
    return { missing: this.#lattice.edgeCount - matched, spurious };
  }

  #around(place: number): readonly number[] {
    return this.#lattice.neighbours[place] ?? [];
  }

  /** The best free vertex for a free place. */
  #best(place: number): Candidate | null {
    const support = new Map<number, number>();
    for (const other of this.#around(place)) {
      const taken = this.#vertexAt[other] ?? -1;
      if (taken < 0) continue;
      for (const vertex of neighboursOf(this.#graph, taken)) {
        if (this.#placeOf[vertex] === -1) support.set(vertex, (support.get(vertex) ?? 0) + 1);
      }
    }
    let best: Candidate | null = null;
    let second = 0;
    for (const [vertex, count] of support) {
      const score = 2 * count - this.#placedBeside(vertex) - this.#oddity(place, vertex);
      if (best === null || score > best.score) {
        second = best?.score ?? 0;
        best = { place, vertex, score, margin: 0 };
      } else second = Math.max(second, score);
    }
    return best && { ...best, margin: best.score - second };
  }

  #placedBeside(vertex: number): number {
    return neighboursOf(this.#graph, vertex).filter((other) => this.#placeOf[other] !== -1).length;
  }

  /** How unlike the number of neighbours is, of less weight than any neighbour. */
  #oddity(place: number, vertex: number): number {
    const difference = neighboursOf(this.#graph, vertex).length - this.#around(place).length;
    return Math.min(0.9, 0.1 * Math.abs(difference));
  }
}

function isAhead(a: Candidate, b: Candidate): boolean {
  if (a.score !== b.score) return a.score > b.score;
  return a.margin !== b.margin ? a.margin > b.margin : a.place < b.place;
}
