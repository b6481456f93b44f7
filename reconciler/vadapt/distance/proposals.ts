import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Distances } from '../../model/problem.js';
import { below, unit } from '../engine/random.js';
import type { Costs } from './costs.js';
import { nowhere } from './items.js';
import { Nearby } from './nearby.js';
import type { Placed } from './placed.js';

/** Shares of draws that send an item to the host of one it exchanges data with, or to one near it. */
const toPartner = 0.3;
const nearPartner = 0.55;
/** Share of draws that send an item home, where there is one. */
const goHome = 0.05;
/** The same while no more migrations are permitted: each that is taken back permits another. */
const goHomeAtLimit = 0.5;

/** Draws moves that are permitted: of an item to a host, or of two that change places. */
export class Proposals {
  item = nowhere;
  host = nowhere;
  /** Item that goes to where the first is; `nowhere` if none does. */
  other = nowhere;
  /** Items that have more than one host to be on. */
  readonly #movable: Int32Array;
  readonly #placed: Placed;
  readonly #costs: Costs;
  readonly #nearby: Nearby;
  readonly #random: RandomGenerator;

  constructor(distances: Distances, costs: Costs, random: RandomGenerator) {
    const { placed } = costs;
    const items = Int32Array.from({ length: placed.items.count }, (_, item) => item);
    this.#movable = items.filter((item) => placed.allowed.of(item).length > 1);
    this.#placed = placed;
    this.#costs = costs;
    this.#nearby = new Nearby(distances, costs.latencies);
    this.#random = random;
  }

  /** Whether there is anything to draw from. */
  get areThere(): boolean {
    return this.#movable.length > 0;
  }

  /** Draws a move; false if the one drawn is not permitted. */
  draw(): boolean {
    const placed = this.#placed;
    this.#drawItemAndHost();
    const { item, host } = this;
    this.other = nowhere;
    if (host === placed.hostOf[item]) return false;
    if (placed.permits(item, host, nowhere)) return true;
    const guests = placed.guestsOf(host);
    if (guests.length === 0) return false;
    this.other = guests[below(this.#random, guests.length)] as number;
    return placed.permits(item, host, this.other);
  }

  #drawItemAndHost(): void {
    const placed = this.#placed;
    const { away, areExhausted } = placed.migrations;
    const random = this.#random;
    if (away.count > 0 && unit(random) < (areExhausted ? goHomeAtLimit : goHome)) {
      this.item = away.items[below(random, away.count)] as number;
      this.host = placed.items.home[this.item] as number;
      return;
    }
    this.item = this.#movable[below(random, this.#movable.length)] as number;
    this.host = this.#drawHost(this.item);
  }

  #drawHost(item: number): number {
    const { pairs } = this.#costs;
    const random = this.#random;
    const draw = unit(random);
    const first = pairs === null ? 0 : (pairs.first[item] as number);
    const count = pairs === null ? 0 : (pairs.first[item + 1] as number) - first;
    if (pairs === null || count === 0 || draw >= toPartner + nearPartner) {
      const allowed = this.#placed.allowed.of(item);
      return allowed[below(random, allowed.length)] as number;
    }
    const partner = pairs.other[first + below(random, count)] as number;
    const there = this.#placed.hostOf[partner] as number;
    return draw < toPartner ? there : this.#nearby.draw(there, random);
  }
}
