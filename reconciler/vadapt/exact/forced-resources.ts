import type { Graph } from '../engine/graph.js';
import type { PathLists } from './path-lists.js';

/** Resources that every path between two hosts crosses, whichever it is: interfaces, trunks between sites. */
export class ForcedResources {
  readonly #graph: Graph;
  readonly #lists: PathLists;
  readonly #between: (Int32Array | undefined)[];
  readonly #leaving: (Int32Array | undefined)[];
  readonly #entering: (Int32Array | undefined)[];
  readonly #isReached: Uint8Array;

  constructor(graph: Graph, lists: PathLists) {
    this.#graph = graph;
    this.#lists = lists;
    this.#between = new Array(graph.hosts * graph.hosts);
    this.#leaving = new Array(graph.hosts);
    this.#entering = new Array(graph.hosts);
    this.#isReached = new Uint8Array(graph.hosts);
  }

  /** Those of all paths between two hosts; none where there is no path. */
  between(from: number, to: number): Int32Array {
    const place = from * this.#graph.hosts + to;
    const known = this.#between[place] ?? this.#onAllPaths(from, to);
    this.#between[place] = known;
    return known;
  }

  /** Those of all paths from a host to any other. */
  leaving(host: number): Int32Array {
    const known = this.#leaving[host] ?? this.#common((other) => this.between(host, other), host);
    this.#leaving[host] = known;
    return known;
  }

  /** Those of all paths to a host from any other. */
  entering(host: number): Int32Array {
    const known = this.#entering[host] ?? this.#common((other) => this.between(other, host), host);
    this.#entering[host] = known;
    return known;
  }

  #common(resourcesOf: (other: number) => Int32Array, host: number): Int32Array {
    let common: Int32Array | null = null;
    for (let other = 0; other < this.#graph.hosts; other++) {
      if (other === host) continue;
      const resources = resourcesOf(other);
      common = common === null ? resources : common.filter((resource) => resources.includes(resource));
    }
    return common ?? new Int32Array();
  }

  #onAllPaths(from: number, to: number): Int32Array {
    const [path] = this.#lists.between(from, to).paths;
    if (path === undefined || from === to) return path?.resources ?? new Int32Array();
    return path.resources.filter((resource) => !this.#isConnected(from, to, resource));
  }

  /** Whether there is a path that does not cross a resource. */
  #isConnected(from: number, to: number, without: number): boolean {
    const { leaving, firstLeaving, edgeResources, firstResource, to: toOf } = this.#graph;
    const uses = (edge: number) =>
      edgeResources.subarray(firstResource[edge] as number, firstResource[edge + 1] as number).includes(without);
    this.#isReached.fill(0);
    this.#isReached[from] = 1;
    const queue = [from];
    for (const host of queue) {
      for (let place = firstLeaving[host] as number; place < (firstLeaving[host + 1] as number); place++) {
        const edge = leaving[place] as number;
        const next = toOf[edge] as number;
        if (this.#isReached[next] === 1 || uses(edge)) continue;
        if (next === to) return true;
        this.#isReached[next] = 1;
        queue.push(next);
      }
    }
    return false;
  }
}
