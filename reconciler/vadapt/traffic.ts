import type { ProblemScore } from '../model/problem.js';
import { at } from './at.js';
import { FastPathBudget } from './fast-path-budget.js';
import type { Overlay } from './overlay.js';
import type { Route } from './route.js';

/** What remains for one demand on its path. */
export interface DemandResidual {
  /** Residual capacity of the path's bottleneck, at least 0. */
  residualMbps: number;
  /** The bottleneck: place of the resource with the least residual capacity; null if an edge of the path is missing. */
  bottleneck: number | null;
  /** What the path does not carry of the demand's rate. */
  shortfallMbps: number;
}

/** The demands on their routes, and the load they put on resources. */
export class Traffic {
  readonly overlay: Overlay;
  readonly budget: FastPathBudget;
  readonly #loadMbps: Float64Array;
  readonly #routes: (Route | null)[];
  /** By edge: the last scoring that counted it. */
  readonly #counted: Uint32Array;
  #scorings = 0;
  #hops = 0;
  #latencyMs = 0;

  constructor(overlay: Overlay) {
    this.overlay = overlay;
    this.budget = new FastPathBudget(overlay.problem);
    this.#loadMbps = new Float64Array(overlay.capacityMbps.length);
    this.#routes = overlay.problem.demands.map(() => null);
    this.#counted = new Uint32Array(overlay.problem.edges.length);
  }

  /** Edges of all routes together. */
  get hops(): number {
    return this.#hops;
  }

  /** Latency of all routes together. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** The route of a demand. Throws while it has none. */
  routeOf(demand: number): Route {
    const route = this.#routes[demand];
    if (!route) throw new Error(`demand ${demand} has no route`);
    return route;
  }

  /** Puts a demand on a route, or takes it off its route. */
  set(demand: number, route: Route | null): void {
    const { rateMbps } = at(this.overlay.problem.demands, demand);
    const old = this.#routes[demand];
    this.#hops += (route?.hosts.length ?? 1) - (old?.hosts.length ?? 1);
    this.#latencyMs += (route?.latencyMs ?? 0) - (old?.latencyMs ?? 0);
    if (old) {
      this.#addLoad(old, -rateMbps);
      this.budget.release(old, rateMbps);
    }
    if (route) {
      this.#addLoad(route, rateMbps);
      this.budget.take(route, rateMbps);
    }
    this.#routes[demand] = route;
  }

  #addLoad(route: Route, rateMbps: number): void {
    route.resources.forEach((resource, place) => {
      this.#loadMbps[resource] = (this.#loadMbps[resource] as number) + rateMbps * at(route.crossings, place);
    });
  }

  /** Load of a resource in Mb/s. */
  loadMbps(resource: number): number {
    return this.#loadMbps[resource] ?? 0;
  }

  /** Residual capacity of an edge in Mb/s; negative where resources are overloaded. */
  edgeResidualMbps(edge: number): number {
    const { capacityMbps, edgeResources, firstResource } = this.overlay;
    const end = firstResource[edge + 1] as number;
    let least = Number.POSITIVE_INFINITY;
    for (let place = firstResource[edge] as number; place < end; place++) {
      const resource = edgeResources[place] as number;
      const residual = (capacityMbps[resource] as number) - (this.#loadMbps[resource] as number);
      if (residual < least) least = residual;
    }
    return least;
  }

  /** Bottleneck in Mb/s that a further demand would leave on a route; negative if it would overload it. */
  bottleneckWithMbps(route: Route, rateMbps: number): number {
    if (!route.connected) return Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    route.resources.forEach((resource, place) => {
      const residual = (this.overlay.capacityMbps[resource] as number) - (this.#loadMbps[resource] as number);
      least = Math.min(least, residual - rateMbps * at(route.crossings, place));
    });
    return least;
  }

  residualOf(demand: number): DemandResidual {
    const route = this.routeOf(demand);
    const { rateMbps } = at(this.overlay.problem.demands, demand);
    if (!route.connected) return { residualMbps: 0, bottleneck: null, shortfallMbps: rateMbps };
    let least = Number.POSITIVE_INFINITY;
    let bottleneck: number | null = null;
    let overload = 0;
    for (const resource of route.resources) {
      const capacity = this.overlay.capacityMbps[resource] as number;
      const load = this.#loadMbps[resource] as number;
      if (capacity - load < least) {
        least = capacity - load;
        bottleneck = resource;
      }
      if (load > capacity) overload = Math.max(overload, 1 - capacity / load);
    }
    return { residualMbps: Math.max(0, least), bottleneck, shortfallMbps: rateMbps * overload };
  }

  /** Value of the routes by the problem's objective. Every demand must have a route. */
  score(): ProblemScore {
    const { demands, objective } = this.overlay.problem;
    let unmetMbps = 0;
    let pathLevel = 0;
    for (let demand = 0; demand < demands.length; demand++) {
      const { shortfallMbps, residualMbps } = this.residualOf(demand);
      unmetMbps += shortfallMbps;
      pathLevel += residualMbps;
    }
    return { unmetMbps, objectiveMbps: objective.level === 'path' ? pathLevel : this.#edgeLevel() };
  }

  /** Residual capacity summed over the edges that any demand uses. */
  #edgeLevel(): number {
    this.#scorings++;
    let sum = 0;
    for (const route of this.#routes) {
      for (const edge of route?.edges ?? []) {
        if (this.#counted[edge] === this.#scorings) continue;
        this.#counted[edge] = this.#scorings;
        sum += Math.max(0, this.edgeResidualMbps(edge));
      }
    }
    return sum;
  }
}
