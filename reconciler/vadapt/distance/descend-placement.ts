import type { Costs } from './costs.js';
import { nowhere } from './items.js';

/** Moves looked at, above which an item is only tried where its partners are. */
const mostMoves = 2_000_000;

/**
 * Makes moves that make the placement better until there is none, or `steps` were tried: each item to each host that it may be on, or where
 * there are too many, to its home and to the hosts of its partners; and where there is no room, in exchange with a guest.
 * @returns steps that were used
 */
export function descendPlacement(costs: Costs, steps: number): number {
  const descent = new Descent(costs, steps);
  while (descent.isOnce() && descent.used < steps);
  return descent.used;
}

class Descent {
  used = 0;
  readonly #costs: Costs;
  readonly #steps: number;
  readonly #looksEverywhere: boolean;

  constructor(costs: Costs, steps: number) {
    this.#costs = costs;
    this.#steps = steps;
    const { items, hosts } = costs.placed;
    this.#looksEverywhere = items.count * (hosts + items.count) <= mostMoves;
  }

  /** Tries all moves once; whether any was made. */
  isOnce(): boolean {
    const { items, allowed } = this.#costs.placed;
    let isBetter = false;
    for (let item = 0; item < items.count; item++) {
      if (allowed.of(item).length < 2) continue;
      for (const host of this.#hostsFor(item)) if (this.#tries(item, host)) isBetter = true;
      if (this.used >= this.#steps) break;
    }
    this.#costs.recount();
    return isBetter;
  }

  #hostsFor(item: number): Iterable<number> {
    const { placed, pairs } = this.#costs;
    if (this.#looksEverywhere) return placed.allowed.of(item);
    const home = placed.items.home[item] as number;
    const hosts = new Set(home === nowhere ? [] : [home]);
    if (pairs !== null)
      for (const partner of pairs.other.subarray(pairs.first[item], pairs.first[item + 1]))
        hosts.add(placed.hostOf[partner] as number);
    return hosts;
  }

  #tries(item: number, host: number): boolean {
    const { placed } = this.#costs;
    if (host === placed.hostOf[item]) return false;
    if (this.#makes(item, host, nowhere)) return true;
    return [...placed.guestsOf(host)].some((other) => this.#makes(item, host, other));
  }

  #makes(item: number, host: number, other: number): boolean {
    this.used++;
    if (!this.#costs.placed.permits(item, host, other) || !this.#costs.isGain(item, host, other)) return false;
    this.#costs.move(item, host, other);
    return true;
  }
}
