import type { FastPathConstraint, Problem } from '../model/problem.js';
import type { Route } from './route.js';

const tolerance = 1e-9;

/** What is used of constraint c, and whether one more route keeps within it. */
export class FastPathBudget {
  readonly #constraint: FastPathConstraint | null;
  readonly #limitMbps: number;
  /** By number of an established fast-path link: how many demands use it. */
  readonly #users = new Map<number, number>();
  #usedMbps = 0;

  constructor(problem: Problem) {
    this.#constraint = problem.fastPath;
    this.#limitMbps = rateLimitMbps(problem);
  }

  take(route: Route, rateMbps: number): void {
    if (route.fastPathLinks.length === 0) return;
    this.#usedMbps += rateMbps;
    for (const link of route.fastPathLinks) this.#users.set(link, (this.#users.get(link) ?? 0) + 1);
  }

  release(route: Route, rateMbps: number): void {
    if (route.fastPathLinks.length === 0) return;
    this.#usedMbps -= rateMbps;
    for (const link of route.fastPathLinks) {
      const users = (this.#users.get(link) ?? 0) - 1;
      if (users > 0) this.#users.set(link, users);
      else this.#users.delete(link);
    }
  }

  isEstablished(link: number): boolean {
    return this.#users.has(link);
  }

  /** A route over star links only is always permitted. */
  permits(route: Route, rateMbps: number): boolean {
    if (this.#constraint === null || route.fastPathLinks.length === 0) return true;
    if (this.#constraint.kind !== 'count') return this.#usedMbps + rateMbps <= this.#limitMbps + tolerance;
    const added = route.fastPathLinks.filter((link) => !this.#users.has(link)).length;
    return this.#users.size + added <= this.#constraint.links;
  }
}

function rateLimitMbps({ fastPath, demands }: Problem): number {
  if (fastPath?.kind === 'bandwidth') return fastPath.mbps;
  if (fastPath?.kind !== 'intensity-share') return Number.POSITIVE_INFINITY;
  return fastPath.share * demands.reduce((sum, demand) => sum + demand.rateMbps, 0);
}
