import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '../engine/random.js';
import type { Costs } from './costs.js';
import { nowhere } from './items.js';

/** Items that are moved by one chain at most. */
const mostMoved = 6;
/** Hosts looked at for an item that had to make room. */
const hostsLookedAt = 64;

/**
 * Moves where there is no room, or where items of a group are in the way: those leave, and find places or make others leave in turn. What
 * single moves and exchanges do not reach where room is tight.
 */
export class Chains {
  readonly #costs: Costs;
  readonly #random: RandomGenerator;
  /** By item that was moved: where it was. */
  readonly #former = new Map<number, number>();
  readonly #waiting: number[] = [];

  constructor(costs: Costs, random: RandomGenerator) {
    this.#costs = costs;
    this.#random = random;
  }

  /** Moves an item to a host, and others as that takes; undone unless `accepts` what it adds. Whether it was made. */
  make(item: number, host: number, accepts: (delta: number) => boolean): boolean {
    const { placed } = this.#costs;
    if (!placed.allowed.has(item, host)) return false;
    const isPlanned = this.#plans(item, host);
    const moves = [...this.#former].map(([moved, from]) => ({ moved, from, to: placed.hostOf[moved] as number }));
    for (const { moved } of moves) if (placed.hostOf[moved] !== nowhere) placed.take(moved);
    for (const { moved, from } of moves) placed.put(moved, from);
    if (!isPlanned) return false;
    const before = this.#costs.cost;
    for (const { moved, from, to } of moves) if (from !== to) this.#costs.move(moved, to, nowhere);
    if (!placed.migrations.areExceeded && accepts(this.#costs.cost - before)) return true;
    for (const { moved, from, to } of moves.reverse()) if (from !== to) this.#costs.move(moved, from, nowhere);
    return false;
  }

  /** Places items anew, without regard to cost; false if some found no place. */
  #plans(item: number, host: number): boolean {
    this.#former.clear();
    this.#waiting.length = 0;
    this.#evict(item);
    this.#waiting.pop();
    if (!this.#settle(item, host)) return false;
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const free = this.#freeHost(next);
      if (free !== nowhere) this.#costs.placed.put(next, free);
      else if (!this.#settle(next, this.#anyHost(next))) return false;
    }
    return true;
  }

  #evict(item: number): void {
    this.#former.set(item, this.#costs.placed.hostOf[item] as number);
    this.#costs.placed.take(item);
    this.#waiting.push(item);
  }

  /** Puts an item on a host, which others leave as far as they must. */
  #settle(item: number, host: number): boolean {
    const { placed } = this.#costs;
    for (const other of placed.groups.opponents(item, host)) {
      if (!this.#mayLeave(other)) return false;
      this.#evict(other);
    }
    while (!placed.admits(item, host, nowhere)) {
      const guests = placed.guestsOf(host).filter((other) => this.#mayLeave(other));
      if (guests.length === 0) return false;
      this.#evict(guests[below(this.#random, guests.length)] as number);
    }
    placed.put(item, host);
    return true;
  }

  #mayLeave(item: number): boolean {
    return this.#former.size < mostMoved && !this.#former.has(item) && this.#costs.placed.allowed.of(item).length > 1;
  }

  #freeHost(item: number): number {
    const { placed } = this.#costs;
    const allowed = placed.allowed.of(item);
    const first = below(this.#random, allowed.length);
    for (let place = 0; place < Math.min(allowed.length, hostsLookedAt); place++) {
      const host = allowed[(first + place) % allowed.length] as number;
      if (host !== this.#former.get(item) && placed.admits(item, host, nowhere)) return host;
    }
    return nowhere;
  }

  #anyHost(item: number): number {
    const allowed = this.#costs.placed.allowed.of(item);
    return allowed[below(this.#random, allowed.length)] as number;
  }
}
