import { roomTolerance } from '../host-room.js';
import { budgetTolerance, type MappingRules, processorDimension } from './mapping-rules.js';

const nowhere = -1;

/** Some VMs on hosts, within the rules. */
export class PartialPlacement {
  readonly rules: MappingRules;
  /** By VM: its host, -1 while it has none. */
  readonly hostOf: Int32Array;
  /** By dimension, then host: what is left. */
  readonly left: Float64Array[];
  /** By budget: what is left of it. */
  readonly budgetLeft: number[];
  /** By host: VMs on it that have a schedule. */
  readonly #scheduled: number[][];
  /** By VM: the groups that it is in. */
  readonly #groupsOf: number[][];
  /** By group, then place: how many of its VMs are there. */
  readonly #countAt: Int32Array[];
  /** By group: how many of its VMs have a host. */
  readonly #placed: Int32Array;

  constructor(rules: MappingRules) {
    this.rules = rules;
    this.hostOf = new Int32Array(rules.vms).fill(nowhere);
    this.left = rules.capacities.map((capacity) => capacity.slice());
    this.budgetLeft = rules.budgets.map(({ limit }) => limit);
    this.#scheduled = Array.from({ length: rules.hosts }, () => []);
    this.#groupsOf = Array.from({ length: rules.vms }, () => []);
    rules.groups.forEach(({ vms }, group) => {
      for (const vm of vms) this.#groupsOf[vm]?.push(group);
    });
    this.#countAt = rules.groups.map(() => new Int32Array(rules.hosts));
    this.#placed = new Int32Array(rules.groups.length);
  }

  fits(vm: number, host: number): boolean {
    const { allowed, needs, budgets } = this.rules;
    const isAllowed = allowed[vm];
    if (isAllowed && isAllowed[host] !== 1) return false;
    for (let dimension = 0; dimension < needs.length; dimension++) {
      const need = (needs[dimension] as Float64Array)[vm] as number;
      if (need > ((this.left[dimension] as Float64Array)[host] as number) + roomTolerance) return false;
    }
    if (!this.#isKept(vm, host)) return false;
    for (const group of this.#groupsOf[vm] as number[]) if (!this.#isWelcome(group, host)) return false;
    for (let place = 0; place < budgets.length; place++) {
      const cost = budgets[place]?.cost(vm, host) ?? 0;
      if (cost > 0 && cost > (this.budgetLeft[place] as number) + budgetTolerance) return false;
    }
    return true;
  }

  #isKept(vm: number, host: number): boolean {
    const { scheduling, capacities } = this.rules;
    if (scheduling === null || !Number.isFinite(capacities[processorDimension]?.[host])) return true;
    return scheduling.keeps(host, this.#scheduled[host] as number[], vm);
  }

  #isWelcome(group: number, host: number): boolean {
    const { kind, placeOf } = this.rules.groups[group] as MappingRules['groups'][number];
    const there = (this.#countAt[group] as Int32Array)[placeOf[host] as number] as number;
    return kind === 'apart' ? there === 0 : there === this.#placed[group];
  }

  place(vm: number, host: number): void {
    this.#change(vm, host, 1);
    if (this.#isScheduled(vm)) this.#scheduled[host]?.push(vm);
    this.hostOf[vm] = host;
  }

  remove(vm: number): void {
    const host = this.hostOf[vm] as number;
    this.#change(vm, host, -1);
    const scheduled = this.#scheduled[host] as number[];
    if (this.#isScheduled(vm)) scheduled.splice(scheduled.indexOf(vm), 1);
    this.hostOf[vm] = nowhere;
  }

  #isScheduled(vm: number): boolean {
    return this.rules.scheduling !== null && this.rules.scheduling.classOf(vm) >= 0;
  }

  #change(vm: number, host: number, sign: 1 | -1): void {
    const { needs, budgets, groups } = this.rules;
    for (let dimension = 0; dimension < needs.length; dimension++) {
      const left = this.left[dimension] as Float64Array;
      left[host] = (left[host] as number) - sign * ((needs[dimension] as Float64Array)[vm] as number);
    }
    for (let place = 0; place < budgets.length; place++)
      (this.budgetLeft[place] as number) -= sign * (budgets[place]?.cost(vm, host) ?? 0);
    for (const group of this.#groupsOf[vm] as number[]) {
      const at = groups[group]?.placeOf[host] as number;
      ((this.#countAt[group] as Int32Array)[at] as number) += sign;
      (this.#placed[group] as number) += sign;
    }
  }
}
