import FlatQueue from 'flatqueue';
import type { Graph } from '../engine/graph.js';
import type { Meter } from './meter.js';

/** A path without loops, with what it uses worked out once. */
export interface ListedPath {
  edges: Int32Array;
  /** Whether no edge is missing; a path that misses one carries nothing. */
  isWhole: boolean;
  /** Resources used, each once, and how often each is crossed. */
  resources: Int32Array;
  crossings: Int32Array;
  /** Its narrowest resource, -1 if there is none; and the capacity of that. */
  narrowest: number;
  widthMbps: number;
  latencyMs: number;
}

export interface WidestPaths {
  /** The widest first, of equals the shortest. */
  paths: ListedPath[];
  /** No other path is wider than this; minus infinity if there is none. */
  beyondMbps: number;
}

/** Of two equally wide paths, the one with fewer hops is found first: by this share for each hop. */
const perHop = 1e-9;

/** The widest paths between hosts on the unloaded graph, listed when they are first asked for. */
export class PathLists {
  readonly #graph: Graph;
  /** As of `widestWidths`. */
  readonly #widths: Float64Array;
  readonly #most: number;
  readonly #meter: Meter;
  readonly #lists: (WidestPaths | undefined)[];

  constructor(graph: Graph, widths: Float64Array, most: number, meter: Meter) {
    this.#graph = graph;
    this.#widths = widths;
    this.#most = most;
    this.#meter = meter;
    this.#lists = new Array(graph.hosts * graph.hosts);
  }

  between(from: number, to: number): WidestPaths {
    const place = from * this.#graph.hosts + to;
    const known = this.#lists[place] ?? this.#list(from, to);
    this.#lists[place] = known;
    return known;
  }

  /** Best first: a beginning is as good as the widest path that it may lead to. */
  #list(from: number, to: number): WidestPaths {
    const { hosts, edgeAt, leaving, firstLeaving, edgeCapacityMbps, to: toOf } = this.#graph;
    if (from === to) {
      const inside = edgeAt[from * hosts + from] as number;
      return { paths: [listedPath(this.#graph, [inside])], beyondMbps: Number.NEGATIVE_INFINITY };
    }
    const queue = new FlatQueue<Beginning>();
    const paths: ListedPath[] = [];
    queue.push({ host: from, edge: -1, before: null, hops: 0, widthMbps: Number.POSITIVE_INFINITY }, 0);
    while (paths.length < this.#most) {
      const beginning = queue.pop();
      if (beginning === undefined) break;
      if (beginning.host === to) {
        paths.push(listedPath(this.#graph, edgesOf(beginning)));
        continue;
      }
      const end = firstLeaving[beginning.host + 1] as number;
      for (let place = firstLeaving[beginning.host] as number; place < end; place++) {
        const edge = leaving[place] as number;
        const host = toOf[edge] as number;
        const onwards = host === to ? Number.POSITIVE_INFINITY : (this.#widths[host * hosts + to] as number);
        const widthMbps = Math.min(beginning.widthMbps, edgeCapacityMbps[edge] as number);
        if (onwards <= 0 || visits(beginning, host)) continue;
        this.#meter.used++;
        const hops = beginning.hops + 1;
        queue.push(
          { host, edge, before: beginning, hops, widthMbps },
          -Math.min(widthMbps, onwards) * (1 - hops * perHop),
        );
      }
    }
    const next = queue.peekValue();
    // The share for hops is given back, more than fully.
    return { paths, beyondMbps: next === undefined ? Number.NEGATIVE_INFINITY : -next * (1 + 2 * hosts * perHop) };
  }
}

interface Beginning {
  host: number;
  /** Edge that leads to `host`; -1 at the source. */
  edge: number;
  before: Beginning | null;
  hops: number;
  widthMbps: number;
}

function visits(beginning: Beginning, host: number): boolean {
  for (let each: Beginning | null = beginning; each !== null; each = each.before) if (each.host === host) return true;
  return false;
}

function edgesOf(end: Beginning): number[] {
  const edges: number[] = [];
  for (let each: Beginning | null = end; each !== null && each.edge >= 0; each = each.before) edges.push(each.edge);
  return edges.reverse();
}

export function listedPath(graph: Graph, edges: readonly number[], isWhole = true): ListedPath {
  const { edgeResources, firstResource, capacityMbps, latencyMs } = graph;
  const crossed = new Map<number, number>();
  let widthMbps = isWhole ? Number.POSITIVE_INFINITY : 0;
  let [latency, narrowest] = [0, -1];
  for (const edge of edges) {
    latency += latencyMs[edge] as number;
    for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++) {
      const resource = edgeResources[place] as number;
      crossed.set(resource, (crossed.get(resource) ?? 0) + 1);
      if ((capacityMbps[resource] as number) >= widthMbps) continue;
      widthMbps = capacityMbps[resource] as number;
      narrowest = resource;
    }
  }
  return {
    edges: Int32Array.from(edges),
    isWhole,
    resources: Int32Array.from(crossed.keys()),
    crossings: Int32Array.from(crossed.values()),
    ...{ narrowest, widthMbps, latencyMs: latency },
  };
}
