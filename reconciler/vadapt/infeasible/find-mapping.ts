import type { Problem } from '../../model/problem.js';
import { hostClasses, vmClasses } from './classes.js';
import type { MappingRules } from './mapping-rules.js';
import { overfull } from './overfull.js';
import { PartialPlacement } from './partial-placement.js';

export type Search = { steps: number } & ({ kind: 'mapping'; mapping: Int32Array } | { kind: 'none' | 'gave-up' });

const nowhere = -1;
/** Up to so many pairs of VM and host, it is counted anew for every step how many hosts each VM has left. */
const countedPairs = 4000;
/** More VMs than that are placed without going back. */
const deepest = 1500;

/**
 * A mapping of some VMs that keeps all rules, by backtracking: the VM with the fewest hosts left next. Hosts that are alike are tried
 * once, and VMs that are alike in one order. Gives up after `steps` tries of a VM on a host.
 */
export function findMapping(rules: MappingRules, vms: readonly number[], steps: number): Search {
  if (overfull(rules, vms) !== null) return { kind: 'none', steps: 0 };
  const search = new Backtracking(rules, vms, steps);
  const isFound = vms.length > deepest ? search.placeInOrder() : search.descend(0);
  if (isFound) return { kind: 'mapping', mapping: search.placement.hostOf, steps: search.steps };
  return { kind: vms.length > deepest || search.steps >= steps ? 'gave-up' : 'none', steps: search.steps };
}

class Backtracking {
  readonly placement: PartialPlacement;
  steps = 0;
  readonly #rules: MappingRules;
  readonly #most: number;
  /** Open VMs, those of few hosts and many needs first. */
  readonly #open: number[];
  readonly #hostClass: Int32Array;
  readonly #vmClass: Int32Array;
  /** By host: VMs placed on it. */
  readonly #guests: Int32Array;
  /** By dimension: what open VMs need in all. */
  readonly #needed: number[];
  readonly #isCounted: boolean;
  /** By budget: what open VMs cost in all, each on its cheapest host. */
  readonly #cheapest: Float64Array[];
  readonly #owed: number[];

  constructor(rules: MappingRules, vms: readonly number[], most: number) {
    this.#rules = rules;
    this.#most = most;
    this.placement = new PartialPlacement(rules);
    const hostsOf = Int32Array.from({ length: rules.vms }, (_, vm) => countHosts(rules, vm));
    const size = sizesOf(rules);
    this.#open = [...vms].sort(
      (a, b) => (hostsOf[a] as number) - (hostsOf[b] as number) || (size[b] as number) - (size[a] as number) || a - b,
    );
    this.#hostClass = hostClasses(rules, vms);
    this.#vmClass = vmClasses(rules, vms);
    this.#guests = new Int32Array(rules.hosts);
    this.#needed = rules.needs.map((need) => vms.reduce((sum, vm) => sum + (need[vm] as number), 0));
    this.#isCounted = vms.length * rules.hosts <= countedPairs;
    this.#cheapest = rules.budgets.map((_, place) => this.#cheapestOf(place));
    this.#owed = this.#cheapest.map((cost) => vms.reduce((sum, vm) => sum + (cost[vm] as number), 0));
  }

  #cheapestOf(budget: number): Float64Array {
    const cost = new Float64Array(this.#rules.vms);
    for (const vm of this.#open) {
      let least = Number.POSITIVE_INFINITY;
      for (let host = 0; host < this.#rules.hosts && least > 0; host++) {
        if (this.placement.fits(vm, host)) least = Math.min(least, this.#rules.budgets[budget]?.cost(vm, host) ?? 0);
      }
      cost[vm] = least;
    }
    return cost;
  }

  /** Each VM on the first host that takes it; false if none does. */
  placeInOrder(): boolean {
    return this.#open.every((vm) => {
      for (let host = 0; host < this.#rules.hosts; host++) {
        this.steps++;
        if (!this.placement.fits(vm, host)) continue;
        this.placement.place(vm, host);
        return true;
      }
      return false;
    });
  }

  /** True once all VMs are placed; false if there is no way from here, or the steps are used up. */
  descend(depth: number): boolean {
    if (depth === this.#open.length) return true;
    if (this.#isHopeless()) return false;
    const next = this.#isCounted ? this.#fewestHosts(depth) : depth;
    if (next < 0) return false;
    const vm = this.#open[next] as number;
    this.#open[next] = this.#open[depth] as number;
    this.#open[depth] = vm;
    const isDone = this.#tryHosts(vm, depth);
    this.#open[depth] = this.#open[next] as number;
    this.#open[next] = vm;
    return isDone;
  }

  #tryHosts(vm: number, depth: number): boolean {
    const tried = new Set<number>();
    for (let host = this.#firstHost(vm, depth); host < this.#rules.hosts; host++) {
      const isEmpty = this.#guests[host] === 0;
      if (isEmpty && tried.has(this.#hostClass[host] as number)) continue;
      this.steps++;
      if (!this.placement.fits(vm, host)) continue;
      if (this.steps >= this.#most) return false;
      if (isEmpty) tried.add(this.#hostClass[host] as number);
      this.#change(vm, host, 1);
      if (this.descend(depth + 1)) return true;
      this.#change(vm, host, -1);
    }
    return false;
  }

  /** Of VMs that are alike, those placed later go to the same host or to later ones. */
  #firstHost(vm: number, depth: number): number {
    let first = 0;
    for (let place = 0; place < depth; place++) {
      const other = this.#open[place] as number;
      if (this.#vmClass[other] === this.#vmClass[vm]) first = Math.max(first, this.placement.hostOf[other] as number);
    }
    return first;
  }

  #change(vm: number, host: number, sign: 1 | -1): void {
    if (sign > 0) this.placement.place(vm, host);
    else this.placement.remove(vm);
    (this.#guests[host] as number) += sign;
    this.#needed.forEach((_, dimension) => {
      (this.#needed[dimension] as number) -= sign * ((this.#rules.needs[dimension] as Float64Array)[vm] as number);
    });
    this.#cheapest.forEach((cost, budget) => {
      (this.#owed[budget] as number) -= sign * (cost[vm] as number);
    });
  }

  /** Whether open VMs need more than all hosts have left, or than is left of a budget. */
  #isHopeless(): boolean {
    const { left, budgetLeft } = this.placement;
    for (let budget = 0; budget < this.#owed.length; budget++)
      if ((this.#owed[budget] as number) > (budgetLeft[budget] as number) + slack) return true;
    return this.#needed.some((needed, dimension) => {
      let all = 0;
      for (const each of left[dimension] as Float64Array) all += Math.max(0, each);
      return needed > all + slack * Math.max(1, Math.abs(all));
    });
  }

  /** Place of the open VM with the fewest hosts left; -1 if one has none. */
  #fewestHosts(depth: number): number {
    let [best, fewest] = [depth, Number.POSITIVE_INFINITY];
    for (let place = depth; place < this.#open.length; place++) {
      const vm = this.#open[place] as number;
      let hosts = 0;
      for (let host = 0; host < this.#rules.hosts && hosts < fewest; host++) if (this.placement.fits(vm, host)) hosts++;
      this.steps += hosts;
      if (hosts === 0) return nowhere;
      if (hosts < fewest) [best, fewest] = [place, hosts];
    }
    return best;
  }
}

/** Sums of many needs are not exact. */
const slack = 1e-6;

function countHosts({ hosts, allowed }: MappingRules, vm: number): number {
  return allowed[vm]?.reduce((sum, each) => sum + each, 0) ?? hosts;
}

/** By VM: its largest share of what there is on average. */
function sizesOf({ needs, capacities, hosts, vms }: MappingRules): Float64Array {
  const size = new Float64Array(vms);
  needs.forEach((need, dimension) => {
    const mean = (capacities[dimension] as Float64Array).reduce((sum, each) => sum + each, 0) / hosts;
    if (!Number.isFinite(mean) || mean <= 0) return;
    for (let vm = 0; vm < vms; vm++) size[vm] = Math.max(size[vm] as number, (need[vm] as number) / mean);
  });
  return size;
}

/**
 * The number of VMs that leave the host they run on may be `maxMigrations`, or as many as have to if those are more: that limit; null
 * where there is none.
 */
export function fewestMoves(
  problem: Problem,
  isPossible: (moves: number) => Search['kind'],
): { limit: number | null; isKnown: boolean } {
  const { maxMigrations, vms } = problem;
  if (maxMigrations === undefined) return { limit: null, isKnown: true };
  const running = vms.filter(({ current }) => current !== null).length;
  for (let limit = maxMigrations; limit < running; limit++) {
    const kind = isPossible(limit);
    if (kind === 'mapping') return { limit, isKnown: true };
    if (kind === 'gave-up') return { limit, isKnown: false };
  }
  return { limit: null, isKnown: true };
}
