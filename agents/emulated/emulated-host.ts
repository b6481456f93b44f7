import type { GuestSpec, LinkEnd, NetworkAttachment } from '../../schema/generated/types.js';
import { CoreCounters } from './core-counters.js';
import type { CounterNoise } from './counter-noise.js';
import { ForwardingTable } from './forwarding-table.js';

export interface EmulatedLink {
  end: LinkEnd;
  setUpMs: number;
}

export interface EmulatedGuest {
  /** Without `from`. */
  spec: GuestSpec;
  /** Processor time used until `computeSettledMs` of its host. */
  cpuMs: number;
}

/** What is on one host, as data. */
export class EmulatedHost {
  readonly index: number;
  readonly name: string;
  readonly noise: CounterNoise;
  readonly networks = new Map<string, NetworkAttachment>();
  /** By peer. */
  readonly links = new Map<string, EmulatedLink>();
  table = new ForwardingTable([]);
  readonly guests = new Map<string, EmulatedGuest>();
  /** Guests that may arrive, with `from`. */
  readonly awaited = new Map<string, GuestSpec>();
  counters: CoreCounters;
  readonly #computeCores: number;
  readonly #bornMs: number;
  #computeSettledMs: number;
  #resets = 0;

  constructor(index: number, spec: { name: string; computeCores: number }, noise: CounterNoise, nowMs: number) {
    this.index = index;
    this.name = spec.name;
    this.noise = noise;
    this.#computeCores = spec.computeCores;
    this.#bornMs = nowMs;
    this.#computeSettledMs = nowMs;
    this.counters = new CoreCounters(this.#epoch());
  }

  /** The core forgets networks, links, rules and counters; guests run on. */
  resetCore(): void {
    this.networks.clear();
    this.links.clear();
    this.table = new ForwardingTable([]);
    this.#resets += 1;
    this.counters = new CoreCounters(this.#epoch());
  }

  hasGuest(name: string, network: string): boolean {
    return this.guests.get(name)?.spec.network === network;
  }

  /** The part of its promised compute that each guest gets: 1 unless the host has promised more than it has. */
  computeShare(): number {
    let promised = 0;
    for (const { spec } of this.guests.values()) promised += spec.computeCores;
    return promised > this.#computeCores ? this.#computeCores / promised : 1;
  }

  /** Books processor time until `atMs`; needed before guests come, go or change. Guests use all they get. */
  settleCompute(atMs: number): void {
    const share = this.computeShare();
    for (const guest of this.guests.values())
      guest.cpuMs += guest.spec.computeCores * share * (atMs - this.#computeSettledMs);
    this.#computeSettledMs = atMs;
  }

  #epoch(): string {
    return `${this.#bornMs}-${this.#resets}`;
  }
}
