import type { PartialPlacement } from '../infeasible/partial-placement.js';
import type { Reach } from './incumbent.js';
import { MappingBound } from './mapping-bound.js';
import { RoutingSearch, type SearchParts } from './routing-search.js';

/** Branches on the mapping: VM by VM, the hosts that promise most first, then on the paths of each whole mapping. */
export class MappingSearch {
  /** What was not searched for want of steps can reach this at most; null if all was searched. */
  open: Reach | null = null;
  readonly #parts: SearchParts;
  readonly #placement: PartialPlacement;
  readonly #bound: MappingBound;
  readonly #routing: RoutingSearch;
  readonly #order: readonly number[];

  constructor(parts: SearchParts, placement: PartialPlacement) {
    this.#parts = parts;
    this.#placement = placement;
    this.#bound = new MappingBound(parts, placement);
    this.#routing = new RoutingSearch(parts);
    this.#order = vmOrder(parts.graph);
  }

  /** From an empty placement. */
  search(): void {
    const reach = this.#bound.reach();
    if (reach !== null) this.#descend(0, reach);
  }

  #descend(depth: number, reach: Reach): void {
    const { meter } = this.#parts;
    const vm = this.#order[depth];
    if (vm === undefined) this.#routing.search(this.#placement.hostOf.slice());
    if (meter.isSpent) {
      this.#leaveOpen(reach);
      return;
    }
    if (vm === undefined) return;
    for (const { host, reach: last } of this.#children(vm)) {
      if (!this.#couldImprove(last)) continue;
      if (meter.isSpent) {
        this.#leaveOpen(last);
        continue;
      }
      this.#placement.place(vm, host);
      // What was found meanwhile may exclude more.
      const now = this.#bound.reach();
      if (now !== null) this.#descend(depth + 1, now);
      this.#placement.remove(vm);
    }
  }

  #children(vm: number): { host: number; reach: Reach }[] {
    const { graph, meter, incumbent } = this.#parts;
    const children: { host: number; reach: Reach }[] = [];
    for (let host = 0; host < graph.hosts; host++) {
      if (!this.#placement.fits(vm, host)) continue;
      meter.used++;
      this.#placement.place(vm, host);
      const reach = this.#bound.reach();
      if (reach !== null) children.push({ host, reach });
      this.#placement.remove(vm);
    }
    return children.sort(
      (a, b) =>
        a.reach.unmetMbps - b.reach.unmetMbps ||
        (a.reach.value === b.reach.value ? a.host - b.host : incumbent.sign * (b.reach.value - a.reach.value)),
    );
  }

  #couldImprove({ unmetMbps, value }: Reach): boolean {
    return this.#parts.incumbent.couldImprove(unmetMbps, value);
  }

  #leaveOpen({ unmetMbps, value }: Reach): void {
    const { sign } = this.#parts.incumbent;
    const best = sign > 0 ? Math.max : Math.min;
    this.open =
      this.open === null
        ? { unmetMbps, value }
        : { unmetMbps: Math.min(this.open.unmetMbps, unmetMbps), value: best(this.open.value, value) };
  }
}

/** Each next VM talks with as many of those before it as any, of equals the one that talks most. */
function vmOrder({ problem, source, destination, rateMbps, demands }: SearchParts['graph']): number[] {
  const talk = new Float64Array(problem.vms.length);
  for (let demand = 0; demand < demands; demand++) {
    (talk[source[demand] as number] as number) += rateMbps[demand] as number;
    (talk[destination[demand] as number] as number) += rateMbps[demand] as number;
  }
  const order: number[] = [];
  const known = new Float64Array(problem.vms.length);
  const open = new Set(problem.vms.keys());
  while (open.size > 0) {
    const next = [...open].reduce((a, b) => {
      const more = (known[b] as number) - (known[a] as number);
      return more > 0 || (more === 0 && (talk[b] as number) > (talk[a] as number)) ? b : a;
    });
    open.delete(next);
    order.push(next);
    for (let demand = 0; demand < demands; demand++) {
      if (source[demand] === next) (known[destination[demand] as number] as number)++;
      if (destination[demand] === next) (known[source[demand] as number] as number)++;
    }
  }
  return order;
}
