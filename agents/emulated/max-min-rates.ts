import FlatQueue from 'flatqueue';

/**
 * Max-min fair rates by progressive filling: all flows grow alike until each reaches its demand or a resource that it uses is full.
 * `uses[i]` lists the resources of flow i, one as often as the flow crosses it. Rates are in the unit of demands and capacities.
 */
export function maxMinRates(
  demands: ArrayLike<number>,
  uses: readonly (readonly number[])[],
  capacities: ArrayLike<number>,
): Float64Array {
  const filling = new Filling(uses, capacities);
  const byDemand = Array.from(demands, (_, flow) => flow).sort((a, b) => (demands[a] ?? 0) - (demands[b] ?? 0));
  for (const flow of byDemand) {
    const demand = demands[flow] ?? 0;
    filling.fillTo(demand);
    filling.freeze(flow, demand);
  }
  return filling.rates;
}

class Filling {
  readonly rates: Float64Array;
  readonly #uses: readonly (readonly number[])[];
  readonly #capacities: ArrayLike<number>;
  readonly #frozen: Uint8Array;
  /** Capacity taken by frozen flows, and crossings by growing ones, of each resource. */
  readonly #taken: Float64Array;
  readonly #growing: Float64Array;
  readonly #flowsOf: number[][];
  /** Resources by the level at which they are full. Levels only rise as flows freeze, so a stale entry is too low, never too high. */
  readonly #full = new FlatQueue<number>();

  constructor(uses: readonly (readonly number[])[], capacities: ArrayLike<number>) {
    this.#uses = uses;
    this.#capacities = capacities;
    this.rates = new Float64Array(uses.length);
    this.#frozen = new Uint8Array(uses.length);
    this.#taken = new Float64Array(capacities.length);
    this.#growing = new Float64Array(capacities.length);
    this.#flowsOf = Array.from({ length: capacities.length }, () => []);
    uses.forEach((resources, flow) => {
      for (const resource of resources) {
        this.#growing[resource] = (this.#growing[resource] ?? 0) + 1;
        this.#flowsOf[resource]?.push(flow);
      }
    });
    this.#flowsOf.forEach((flows, resource) => {
      if (flows.length > 0) this.#full.push(resource, this.#level(resource));
    });
  }

  /** Freezes the flows of all resources that are full below `level`. */
  fillTo(level: number): void {
    for (;;) {
      const resource = this.#full.peek();
      const queued = this.#full.peekValue();
      if (resource === undefined || queued === undefined || queued >= level) return;
      this.#full.pop();
      if (this.#growing[resource] === 0) continue;
      const actual = this.#level(resource);
      if (actual > queued) this.#full.push(resource, actual);
      else for (const flow of this.#flowsOf[resource] ?? []) this.freeze(flow, queued);
    }
  }

  /** Does nothing to a flow that is frozen already. */
  freeze(flow: number, rate: number): void {
    if (this.#frozen[flow]) return;
    this.#frozen[flow] = 1;
    this.rates[flow] = rate;
    for (const resource of this.#uses[flow] ?? []) {
      this.#taken[resource] = (this.#taken[resource] ?? 0) + rate;
      this.#growing[resource] = (this.#growing[resource] ?? 0) - 1;
    }
  }

  #level(resource: number): number {
    const free = (this.#capacities[resource] ?? 0) - (this.#taken[resource] ?? 0);
    return Math.max(0, free) / (this.#growing[resource] ?? 0);
  }
}
