import FlatQueue from 'flatqueue';
import { nowhere } from './items.js';
import type { PairCosts } from './pair-costs.js';
import type { Placed } from './placed.js';

/** Hosts of partners that are compared. */
const partnersLookedAt = 8;

/** Places items one by one, always the one that exchanges most with those that are placed, as near to them as there is room. */
export class PartnerFirst {
  readonly #placed: Placed;
  readonly #pairs: PairCosts | null;
  readonly #order: readonly number[];
  /** By host: its place in the order. */
  readonly #placeOf: Int32Array;
  /** By item: what it exchanges with items that are placed. */
  readonly #attachment: Float64Array;
  readonly #queue = new FlatQueue<number>();
  /** Where in the order of hosts the last item went. */
  #cursor = 0;

  /** @param order hosts, near ones together */
  constructor(placed: Placed, pairs: PairCosts | null, order: readonly number[]) {
    this.#placed = placed;
    this.#pairs = pairs;
    this.#order = order;
    this.#placeOf = new Int32Array(order.length);
    order.forEach((host, place) => {
      this.#placeOf[host] = place;
    });
    this.#attachment = new Float64Array(placed.items.count);
  }

  /** @returns items for which there is no room, as others are placed */
  placeAll(): number[] {
    const { hostOf, items } = this.#placed;
    const isDone = Uint8Array.from(hostOf, (host) => Number(host !== nowhere));
    for (let item = 0; item < items.count; item++) if (isDone[item] === 1) this.#attachPartners(item);
    const waiting: number[] = [];
    for (let next = 0; next < items.count; next++) {
      this.#queue.push(next, -(this.#attachment[next] as number));
      for (let item = this.#queue.pop(); item !== undefined; item = this.#queue.pop()) {
        if (isDone[item] === 1) continue;
        isDone[item] = 1;
        if (this.#place(item)) this.#attachPartners(item);
        else waiting.push(item);
      }
    }
    return waiting;
  }

  #attachPartners(item: number): void {
    if (this.#pairs === null) return;
    const { first, other } = this.#pairs;
    for (let pair = first[item] as number; pair < (first[item + 1] as number); pair++) {
      const partner = other[pair] as number;
      if (this.#placed.hostOf[partner] !== nowhere) continue;
      (this.#attachment[partner] as number) += this.#pairs.weight(pair);
      this.#queue.push(partner, -(this.#attachment[partner] as number));
    }
  }

  #place(item: number): boolean {
    const hosts = this.#hostsOfPartners(item);
    const [nearest] = hosts;
    const after = this.#firstFrom(item, nearest === undefined ? this.#cursor : (this.#placeOf[nearest] as number));
    if (after !== nowhere) hosts.push(after);
    let [best, least] = [nowhere, Number.POSITIVE_INFINITY];
    for (const host of hosts) {
      if (!this.#placed.admits(item, host, nowhere)) continue;
      const cost = this.#pairs?.costAt(item, host) ?? 0;
      if (cost < least) [best, least] = [host, cost];
    }
    if (best === nowhere) return false;
    this.#placed.put(item, best);
    this.#cursor = this.#placeOf[best] as number;
    return true;
  }

  /** Of the partners that it exchanges most with, in this order. */
  #hostsOfPartners(item: number): number[] {
    const pairs = this.#pairs;
    if (pairs === null) return [];
    const first = pairs.first[item] as number;
    const all = Array.from({ length: (pairs.first[item + 1] as number) - first }, (_, place) => first + place);
    const placed = all.filter((pair) => this.#placed.hostOf[pairs.other[pair] as number] !== nowhere);
    placed.sort((a, b) => pairs.weight(b) - pairs.weight(a) || a - b);
    const hosts = placed.slice(0, partnersLookedAt).map((pair) => this.#placed.hostOf[pairs.other[pair] as number]);
    return [...new Set(hosts)] as number[];
  }

  /** The first host with room for an item, from a place in the order on. */
  #firstFrom(item: number, from: number): number {
    const order = this.#order;
    for (let step = 0; step < order.length; step++) {
      const host = order[(from + step) % order.length] as number;
      if (this.#placed.admits(item, host, nowhere)) return host;
    }
    return nowhere;
  }
}
