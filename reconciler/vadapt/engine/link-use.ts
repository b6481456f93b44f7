import type { FastPathConstraint } from '../../model/problem.js';
import type { Graph } from './graph.js';

const tolerance = 1e-9;

/** Links beside the star that paths use, counted; and constraint c of the seed on them. */
export class LinkUse {
  /** By link: how many paths take it. */
  readonly users: Int32Array;
  /** Links that any path takes. */
  count = 0;
  /** Rates of demands that take any, added up. */
  rateMbps = 0;
  readonly #linkOf: Int32Array;
  readonly #constraint: FastPathConstraint | null;
  readonly #limitMbps: number;

  constructor({ links, linkOf, problem }: Graph) {
    this.users = new Int32Array(links);
    this.#linkOf = linkOf;
    this.#constraint = problem.fastPath;
    this.#limitMbps = limitMbps(problem);
  }

  change(edges: ArrayLike<number>, length: number, rateMbps: number, sign: 1 | -1): void {
    let isBeside = false;
    for (let hop = 0; hop < length; hop++) {
      const link = this.#linkOf[edges[hop] as number] as number;
      if (link < 0) continue;
      isBeside = true;
      const users = (this.users[link] as number) + sign;
      this.users[link] = users;
      if (users === (sign > 0 ? 1 : 0)) this.count += sign;
    }
    if (isBeside) this.rateMbps += sign * rateMbps;
  }

  get isLimited(): boolean {
    return this.#constraint !== null;
  }

  /** How many links more a demand may bring into use: none where -1 is returned, not even such as are in use. */
  spareFor(rateMbps: number): number {
    if (this.#constraint === null) return Number.POSITIVE_INFINITY;
    if (this.#constraint.kind === 'count') return this.#constraint.links - this.count;
    return this.rateMbps + rateMbps <= this.#limitMbps + tolerance ? Number.POSITIVE_INFINITY : -1;
  }

  /** Whether links are taken beyond constraint c: by how many, or by what share of what is allowed. */
  excess(): number {
    if (this.#constraint === null) return 0;
    if (this.#constraint.kind === 'count') return Math.max(0, this.count - this.#constraint.links);
    const beyond = this.rateMbps - this.#limitMbps;
    return beyond <= tolerance * Math.max(1, this.#limitMbps) ? 0 : beyond / Math.max(1, this.#limitMbps);
  }

  /** What an edge costs of what `spareFor` gave. */
  costOf(edge: number): number {
    const link = this.#linkOf[edge] as number;
    return link < 0 || (this.users[link] as number) > 0 ? 0 : 1;
  }

  /** Whether an edge is part of a star. */
  isStar(edge: number): boolean {
    return (this.#linkOf[edge] as number) < 0;
  }
}

function limitMbps({ fastPath, demands }: Graph['problem']): number {
  if (fastPath?.kind === 'bandwidth') return fastPath.mbps;
  if (fastPath?.kind !== 'intensity-share') return Number.POSITIVE_INFINITY;
  return fastPath.share * demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
}
