import FlatQueue from 'flatqueue';
import type { Graph } from './graph.js';
import type { Paths } from './paths.js';
import type { FoundPath } from './relay.js';

/** Length of an edge, above 0; infinite for one that may not be taken. */
export type Weigh = (edge: number) => number;

/** Paths of any number of edges, by Dijkstra's algorithm; one object for many searches, so that they allocate nothing. */
export class PathSearch {
  readonly #graph: Graph;
  readonly #best: Float64Array;
  readonly #by: Int32Array;
  readonly #isFinal: Uint8Array;
  readonly #queue = new FlatQueue<number>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#best = new Float64Array(graph.hosts);
    this.#by = new Int32Array(graph.hosts);
    this.#isFinal = new Uint8Array(graph.hosts);
  }

  /**
   * The widest path by residual capacity (the seed's adapted Dijkstra), of equally wide ones that with the fewest edges. What is too
   * narrow for the demand may be taken all the same.
   */
  widest(paths: Paths, from: number, to: number, mayTake: (edge: number) => boolean, found: FoundPath): void {
    const never = Number.POSITIVE_INFINITY;
    // The widest way to a host is the least negative width: min and max change places.
    this.#run(from, to, found, Number.NEGATIVE_INFINITY, (base, edge) =>
      mayTake(edge) ? Math.max(base, -paths.residualMbps(edge)) : never,
    );
    if (found.length < 2) return;
    const width = -(this.#best[to] as number);
    this.shortest(from, to, (edge) => (mayTake(edge) && paths.residualMbps(edge) >= width ? 1 : never), found);
  }

  /** The path whose edges' lengths add up to the least. */
  shortest(from: number, to: number, weigh: Weigh, found: FoundPath): void {
    this.#run(from, to, found, 0, (base, edge) => base + weigh(edge));
  }

  #run(
    from: number,
    to: number,
    found: FoundPath,
    start: number,
    extend: (base: number, edge: number) => number,
  ): void {
    const { leaving, firstLeaving, to: toOf } = this.#graph;
    const [best, by, isFinal, queue] = [this.#best, this.#by, this.#isFinal, this.#queue];
    best.fill(Number.POSITIVE_INFINITY);
    isFinal.fill(0);
    queue.clear();
    best[from] = start;
    by[from] = -1;
    queue.push(from, start);
    for (let host = queue.pop(); host !== undefined && host !== to; host = queue.pop()) {
      if (isFinal[host] === 1) continue;
      isFinal[host] = 1;
      const base = best[host] as number;
      for (let place = firstLeaving[host] as number; place < (firstLeaving[host + 1] as number); place++) {
        const edge = leaving[place] as number;
        const next = toOf[edge] as number;
        if (isFinal[next] === 1) continue;
        const value = extend(base, edge);
        if (value >= (best[next] as number)) continue;
        best[next] = value;
        by[next] = edge;
        queue.push(next, value);
      }
    }
    this.#trace(from, to, found);
  }

  #trace(from: number, to: number, found: FoundPath): void {
    const { from: fromOf } = this.#graph;
    found.length = 0;
    if ((this.#best[to] as number) === Number.POSITIVE_INFINITY) return;
    for (let host = to; host !== from; host = fromOf[this.#by[host] as number] as number) found.length++;
    for (let host = to, place = found.length; host !== from; host = fromOf[this.#by[host] as number] as number)
      found.edges[--place] = this.#by[host] as number;
  }
}
