import type { PartialPlacement } from '../infeasible/partial-placement.js';
import { gapOf } from './gap.js';
import type { SearchParts } from './routing-search.js';

const nowhere = -1;
const none = new Int32Array();

/** What resources will carry at least, whatever paths demands take: of demands whose VMs are placed, or one of them. */
export class ForcedLoads {
  readonly #parts: SearchParts;
  readonly #placement: PartialPlacement;
  /** By demand: resources that it is known to cross. */
  readonly #resources: Int32Array[];
  readonly #loadMbps: Float64Array;
  readonly #isCounted: Uint8Array;
  /** Whether demands may be without a path on some hosts. */
  readonly #hasGaps: boolean;

  constructor(parts: SearchParts, placement: PartialPlacement) {
    const { graph } = parts;
    this.#parts = parts;
    this.#placement = placement;
    this.#resources = Array.from({ length: graph.demands }, () => none);
    this.#loadMbps = new Float64Array(graph.capacityMbps.length);
    this.#isCounted = new Uint8Array(graph.demands);
    this.#hasGaps = Array.from({ length: graph.demands }, (_, demand) => demand).some((demand) => {
      for (let a = 0; a < graph.hosts; a++)
        for (let b = 0; b < graph.hosts; b++) if (gapOf(graph, demand, a, b) !== null) return true;
      return false;
    });
  }

  /** Counts anew, after VMs changed places. */
  count(): void {
    const { graph } = this.#parts;
    this.#loadMbps.fill(0);
    for (let demand = 0; demand < graph.demands; demand++) {
      const resources = this.#of(demand);
      this.#resources[demand] = resources;
      for (const resource of resources) (this.#loadMbps[resource] as number) += graph.rateMbps[demand] as number;
    }
  }

  #of(demand: number): Int32Array {
    if (this.#hasGaps) return none;
    const { graph, forced } = this.#parts;
    const { hostOf } = this.#placement;
    const [source, destination] = [graph.source[demand] as number, graph.destination[demand] as number];
    const [from, to] = [hostOf[source] as number, hostOf[destination] as number];
    if (from !== nowhere && to !== nowhere) return forced.between(from, to);
    if (from !== nowhere) return this.#placement.fits(destination, from) ? none : forced.leaving(from);
    return to === nowhere || this.#placement.fits(source, to) ? none : forced.entering(to);
  }

  /** What the resources that a demand must cross between two hosts leave it, as far as is known what else crosses them. */
  leftMbps(demand: number, from: number, to: number): number {
    if (this.#hasGaps) return Number.POSITIVE_INFINITY;
    const { graph, forced } = this.#parts;
    const known = this.#resources[demand] as Int32Array;
    let least = Number.POSITIVE_INFINITY;
    for (const resource of forced.between(from, to)) {
      const own = known.includes(resource) ? 0 : (graph.rateMbps[demand] as number);
      least = Math.min(least, (graph.capacityMbps[resource] as number) - (this.#loadMbps[resource] as number) - own);
    }
    return least;
  }

  /** Adds what a demand crosses between two hosts beyond what is known; `sign` -1 takes it back. */
  add(demand: number, from: number, to: number, sign: 1 | -1): void {
    if (this.#hasGaps) return;
    const known = this.#resources[demand] as Int32Array;
    const rate = sign * (this.#parts.graph.rateMbps[demand] as number);
    for (const resource of this.#parts.forced.between(from, to))
      if (!known.includes(resource)) (this.#loadMbps[resource] as number) += rate;
  }

  /**
   * Demand that is unmet at least: what demands must send through a resource beyond its capacity; each demand is counted once, at the
   * most overloaded first. To what is not counted, `alone` gives what is unmet at least.
   */
  unmetMbps(alone: (demand: number) => number): number {
    const { graph } = this.#parts;
    const over: { resource: number; excess: number }[] = [];
    for (let resource = 0; resource < this.#loadMbps.length; resource++) {
      const excess = (this.#loadMbps[resource] as number) - (graph.capacityMbps[resource] as number);
      if (excess > 0) over.push({ resource, excess });
    }
    over.sort((a, b) => b.excess - a.excess || a.resource - b.resource);
    this.#isCounted.fill(0);
    let unmet = 0;
    for (const { resource } of over) unmet += this.#beyond(resource);
    for (let demand = 0; demand < graph.demands; demand++) if (this.#isCounted[demand] === 0) unmet += alone(demand);
    return unmet;
  }

  /** What demands that are not counted yet exceed a resource by; they are counted then. */
  #beyond(resource: number): number {
    const { graph } = this.#parts;
    const crossing = this.#resources.flatMap((resources, demand) =>
      this.#isCounted[demand] === 0 && resources.includes(resource) ? [demand] : [],
    );
    const rates = crossing.reduce((sum, demand) => sum + (graph.rateMbps[demand] as number), 0);
    const beyond = rates - (graph.capacityMbps[resource] as number);
    if (beyond <= 0) return 0;
    for (const demand of crossing) this.#isCounted[demand] = 1;
    return beyond;
  }
}
