import type { Problem } from '../../model/problem.js';
import type { Items } from './items.js';
import { Subset } from './subset.js';

/** What it takes when items leave the hosts that their VMs run on. Where no capacity binds, it takes no time. */
export class Migrations {
  readonly #items: Items;
  /** By VM: -1 while it runs nowhere. */
  readonly #current: Int32Array;
  readonly #stateMib: Float64Array;
  /** Whether what migrations carry is limited. */
  readonly #countsMib: boolean;
  /** What may not be exceeded, and what is only wished for. */
  #mostVms: number;
  readonly #wishedVms: number;
  readonly #limitVms: number;
  readonly #mostMib: number;
  /** VMs that leave their hosts, and what they carry, as items are placed now. */
  vms = 0;
  mib = 0;
  /** Items that are not where they run. */
  readonly away: Subset;

  constructor({ vms, maxMigrations, migrationBudget }: Problem, items: Items) {
    this.#items = items;
    this.away = new Subset(items.count);
    this.#current = Int32Array.from(vms, ({ current }) => current ?? -1);
    this.#stateMib = Float64Array.from(vms, ({ migration }) => migration?.stateMib ?? 0);
    this.#limitVms = migrationBudget?.moves ?? Number.POSITIVE_INFINITY;
    this.#wishedVms = Math.min(maxMigrations ?? Number.POSITIVE_INFINITY, this.#limitVms);
    this.#mostVms = this.#wishedVms;
    this.#mostMib = migrationBudget?.mib ?? Number.POSITIVE_INFINITY;
    this.#countsMib = this.#mostMib < Number.POSITIVE_INFINITY;
  }

  /** Whether no limit is exceeded. */
  get areWithinLimits(): boolean {
    return this.vms <= this.#limitVms && this.mib <= this.#mostMib + 1e-9;
  }

  /** Whether more leave than is wished for. */
  get areBeyondWish(): boolean {
    return this.vms > this.#wishedVms;
  }

  /** As many may leave as do, if those are more than is wished for. */
  settle(): void {
    this.#mostVms = Math.max(this.#wishedVms, this.vms);
  }

  /** Whether more leave, or is carried, than may be. */
  get areExceeded(): boolean {
    return this.vms > this.#mostVms || this.mib > this.#mostMib + 1e-9;
  }

  /** Whether no VM that is where it runs may leave. */
  get areExhausted(): boolean {
    return this.vms >= this.#mostVms;
  }

  /** VMs of an item that would leave their hosts for `host`. */
  of(item: number, host: number): number {
    const { home, vms, members } = this.#items;
    if (vms[item] === 1) {
      const at = home[item] as number;
      return at >= 0 && at !== host ? 1 : 0;
    }
    let count = 0;
    for (let place = members.first[item] as number; place < (members.first[item + 1] as number); place++) {
      const current = this.#current[members.all[place] as number] as number;
      if (current >= 0 && current !== host) count++;
    }
    return count;
  }

  #mibOf(item: number, host: number): number {
    const { members } = this.#items;
    let sum = 0;
    for (let place = members.first[item] as number; place < (members.first[item + 1] as number); place++) {
      const vm = members.all[place] as number;
      const current = this.#current[vm] as number;
      if (current >= 0 && current !== host) sum += this.#stateMib[vm] as number;
    }
    return sum;
  }

  /** How many more VMs would leave their hosts if an item went from one host to another. */
  more(item: number, from: number, to: number): number {
    return this.of(item, to) - this.of(item, from);
  }

  /** Whether an item may go from one host to another, and `other`, unless it is negative, the other way. */
  permit(item: number, from: number, to: number, other: number): boolean {
    const more = this.more(item, from, to) + (other < 0 ? 0 : this.more(other, to, from));
    if (more > 0 && this.vms + more > this.#mostVms) return false;
    if (!this.#countsMib) return true;
    const mib = this.#moreMib(item, from, to) + (other < 0 ? 0 : this.#moreMib(other, to, from));
    return mib <= 0 || this.mib + mib <= this.#mostMib + 1e-9;
  }

  #moreMib(item: number, from: number, to: number): number {
    return this.#mibOf(item, to) - this.#mibOf(item, from);
  }

  /** Counts an item on a host, or with the sign -1 takes it out of the count. */
  count(item: number, host: number, sign: 1 | -1): void {
    const vms = this.of(item, host);
    this.vms += sign * vms;
    if (sign > 0 && vms > 0) this.away.add(item);
    else this.away.remove(item);
    if (this.#countsMib) this.mib += sign * this.#mibOf(item, host);
  }
}
