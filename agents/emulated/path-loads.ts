import { type Account, account, type Ledger } from './ledger.js';
import type { Underlay } from './underlay.js';

/** What there is to learn of a directed path, as integrals over the time in which links carry something over it. */
export interface PathAccounts {
  /** Mb/s x ms carried. */
  carried: Account;
  busyMs: Account;
  /** Mb/s x ms of what it gives beside everything that is not of this path. */
  available: Account;
}

interface Path {
  from: { index: number };
  to: { index: number };
  rateMbps: number;
}

/** What paths and resources of the underlay carry and give, in exact integrals: the truth that Wren estimates. */
export class PathLoads {
  readonly #underlay: Underlay;
  readonly #ledger: Ledger;
  readonly #accounts = new Map<number, PathAccounts>();
  /** Mb/s x ms on each resource, of everybody. */
  readonly #resources: Account[];
  readonly #loads: Float64Array;
  readonly #current = new Map<number, Path>();
  readonly #size: number;

  constructor(underlay: Underlay, ledger: Ledger, hosts: number) {
    this.#underlay = underlay;
    this.#ledger = ledger;
    this.#size = hosts;
    this.#resources = underlay.resourceNames.map(account);
    this.#loads = new Float64Array(underlay.capacitiesMbps.length);
  }

  of(from: { index: number }, to: { index: number }): PathAccounts {
    const key = this.#key(from, to);
    const found = this.#accounts.get(key) ?? { carried: account(), busyMs: account(), available: account() };
    this.#accounts.set(key, found);
    return found;
  }

  /** Mb/s x ms that a resource has carried until now. */
  carriedBy(resource: number, atMs: number): number {
    const carried = this.#resources[resource];
    return carried ? this.#ledger.read(carried, atMs) : 0;
  }

  /** Rates follow that hold from the ledger's last settlement on. */
  begin(): void {
    this.#current.clear();
    this.#loads.fill(0);
  }

  add(from: { index: number }, to: { index: number }, rateMbps: number): void {
    const key = this.#key(from, to);
    const path = this.#current.get(key) ?? { from, to, rateMbps: 0 };
    path.rateMbps += rateMbps;
    this.#current.set(key, path);
    for (const resource of this.#underlay.edge(from.index, to.index)?.resources ?? [])
      this.#loads[resource] = (this.#loads[resource] ?? 0) + rateMbps;
  }

  end(): void {
    this.#resources.forEach((carried, resource) => {
      this.#ledger.grow(carried, (this.#loads[resource] ?? 0) + (this.#underlay.crossMbps[resource] ?? 0));
    });
    for (const { from, to, rateMbps } of this.#current.values()) {
      const { carried, busyMs, available } = this.of(from, to);
      this.#ledger.grow(carried, rateMbps);
      this.#ledger.grow(busyMs, 1);
      this.#ledger.grow(available, this.#availableMbps(from, to, rateMbps));
    }
  }

  #availableMbps(from: { index: number }, to: { index: number }, rateMbps: number): number {
    const left = (this.#underlay.edge(from.index, to.index)?.resources ?? []).map((resource) => {
      return (this.#underlay.availableMbps[resource] ?? 0) - (this.#loads[resource] ?? 0) + rateMbps;
    });
    return Math.max(rateMbps, Math.min(...left));
  }

  #key(from: { index: number }, to: { index: number }): number {
    return from.index * this.#size + to.index;
  }
}
