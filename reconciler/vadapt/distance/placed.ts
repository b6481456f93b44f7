import type { Problem } from '../../model/problem.js';
import { roomTolerance } from '../host-room.js';
import { AllowedHosts } from './allowed-hosts.js';
import { GroupRules } from './group-rules.js';
import { type Items, nowhere } from './items.js';
import { Migrations } from './migrations.js';

const unlimited = Number.POSITIVE_INFINITY;

/** Where items are, and what hosts have left for others. Whoever places an item asks first whether it may. */
export class Placed {
  readonly items: Items;
  readonly hosts: number;
  /** By item; `nowhere` while it has no place. */
  readonly hostOf: Int32Array;
  readonly allowed: AllowedHosts;
  readonly groups: GroupRules;
  readonly migrations: Migrations;
  /** By host, what is left. */
  readonly computeCores: Float64Array;
  readonly memoryMib: Float64Array;
  readonly diskGib: Float64Array;
  /** VMs that it may take beside those it has. */
  readonly guestsLeft: Float64Array;
  readonly #guests: number[][];
  /** By item: its place among the guests of its host. */
  readonly #slotOf: Int32Array;

  constructor(problem: Problem, items: Items) {
    const { hosts } = problem;
    this.items = items;
    this.hosts = hosts.length;
    this.hostOf = new Int32Array(items.count).fill(nowhere);
    this.allowed = new AllowedHosts(problem, items);
    this.groups = new GroupRules(problem, items, this.hostOf);
    this.migrations = new Migrations(problem, items);
    this.computeCores = Float64Array.from(hosts, (host) => host.computeCores);
    this.memoryMib = Float64Array.from(hosts, (host) => host.memoryMib);
    this.diskGib = Float64Array.from(hosts, (host) => host.diskGib ?? unlimited);
    this.guestsLeft = Float64Array.from(hosts, (host) => host.maxGuests ?? unlimited);
    this.#guests = hosts.map(() => []);
    this.#slotOf = new Int32Array(items.count);
  }

  /** Items on a host, in no order that means anything. */
  guestsOf(host: number): readonly number[] {
    return this.#guests[host] as number[];
  }

  /** Whether an item may be on a host to which it does not belong yet, when `leaving`, unless negative, is gone from where it is. */
  admits(item: number, host: number, leaving: number): boolean {
    return this.isAllowedBesideOthers(item, host, leaving) && this.#hasRoom(item, host, leaving);
  }

  /** Like `admits`, whatever room there is. */
  isAllowedBesideOthers(item: number, host: number, leaving: number): boolean {
    return this.allowed.has(item, host) && (!this.groups.areThere || this.groups.admit(item, host, leaving));
  }

  #hasRoom(item: number, host: number, leaving: number): boolean {
    const { computeCores, memoryMib, diskGib, vms } = this.items;
    const freed = leaving >= 0 && this.hostOf[leaving] === host ? leaving : nowhere;
    return (
      fits(this.computeCores, computeCores, item, host, freed) &&
      fits(this.memoryMib, memoryMib, item, host, freed) &&
      fits(this.guestsLeft, vms, item, host, freed) &&
      fits(this.diskGib, diskGib, item, host, freed)
    );
  }

  /** Whether an item may move to another host, and `other`, unless negative, from there to where the item is. */
  permits(item: number, host: number, other: number): boolean {
    const from = this.hostOf[item] as number;
    if (!this.admits(item, host, other)) return false;
    if (other >= 0 && !this.admits(other, from, item)) return false;
    return this.migrations.permit(item, from, host, other);
  }

  put(item: number, host: number): void {
    this.#use(item, host, 1);
    const guests = this.#guests[host] as number[];
    this.#slotOf[item] = guests.push(item) - 1;
    this.hostOf[item] = host;
  }

  take(item: number): void {
    const host = this.hostOf[item] as number;
    this.#use(item, host, -1);
    const guests = this.#guests[host] as number[];
    const last = guests.pop() as number;
    if (last !== item) {
      const slot = this.#slotOf[item] as number;
      guests[slot] = last;
      this.#slotOf[last] = slot;
    }
    this.hostOf[item] = nowhere;
  }

  /** Moves an item to another host, and `other`, unless negative, from there to where the item was. */
  move(item: number, host: number, other: number): void {
    const from = this.hostOf[item] as number;
    this.take(item);
    if (other >= 0) {
      this.take(other);
      this.put(other, from);
    }
    this.put(item, host);
  }

  /** Puts all items where they were at another time; by item. */
  rearrange(hostOf: ArrayLike<number>): void {
    for (let item = 0; item < this.items.count; item++)
      if (this.hostOf[item] !== nowhere && this.hostOf[item] !== hostOf[item]) this.take(item);
    for (let item = 0; item < this.items.count; item++)
      if (this.hostOf[item] === nowhere && hostOf[item] !== nowhere) this.put(item, hostOf[item] as number);
  }

  /** The same by VM: those of one item are together. */
  rearrangeVms(mapping: readonly number[]): void {
    const { first, all } = this.items.members;
    this.rearrange(first.subarray(0, this.items.count).map((member) => mapping[all[member] as number] as number));
  }

  #use(item: number, host: number, sign: 1 | -1): void {
    const { computeCores, memoryMib, diskGib, vms } = this.items;
    (this.computeCores[host] as number) -= sign * (computeCores[item] as number);
    (this.memoryMib[host] as number) -= sign * (memoryMib[item] as number);
    (this.diskGib[host] as number) -= sign * (diskGib[item] as number);
    (this.guestsLeft[host] as number) -= sign * (vms[item] as number);
    this.migrations.count(item, host, sign);
  }

  /** By VM. */
  mapping(): number[] {
    return Array.from(this.items.itemOf, (item) => this.hostOf[item] as number);
  }
}

function fits(free: Float64Array, needed: Float64Array, item: number, host: number, freed: number): boolean {
  const more = (needed[item] as number) - (freed < 0 ? 0 : (needed[freed] as number));
  return more <= (free[host] as number) + roomTolerance;
}
