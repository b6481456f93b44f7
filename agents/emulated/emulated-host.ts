import type { Surroundings } from '../../schema/forwarding.js';
import type { GuestSpec, LinkEnd, NetworkAttachment, VmSchedule } from '../../schema/generated/types.js';
import { CoreCounters } from './core-counters.js';
import type { CounterNoise } from './counter-noise.js';
import { ForwardingTable } from './forwarding-table.js';
import { MeasuredBound } from './measured-bound.js';
import type { ClockError, UnderlaySpec } from './underlay.js';

export interface EmulatedLink {
  readonly end: LinkEnd;
  /** 0 until the peer has answered. */
  setUpMs: number;
  /** Whether this host takes it for up. */
  up: boolean;
  /** Since when nothing has come over it, while that is so. */
  lostMs: number | undefined;
  /** Times it came up. */
  connections: number;
}

export function newLink(end: LinkEnd): EmulatedLink {
  return { end, setUpMs: 0, up: false, lostMs: undefined, connections: 0 };
}

export interface EmulatedGuest {
  /** Without `from`. */
  spec: GuestSpec;
  /** Processor time used until `computeSettledMs` of its host. */
  cpuMs: number;
  /** Time for which it wanted a processor and had none, likewise. */
  waitMs: number;
}

/** What is on one host, as data. */
export class EmulatedHost {
  readonly index: number;
  readonly name: string;
  readonly noise: CounterNoise;
  readonly networks = new Map<string, NetworkAttachment>();
  /** By peer. */
  readonly links = new Map<string, EmulatedLink>();
  keepAliveMs = 1000;
  table = new ForwardingTable([]);
  readonly guests = new Map<string, EmulatedGuest>();
  /** Guests that may arrive, with `from`. */
  readonly awaited = new Map<string, GuestSpec>();
  /** Processors that guests are scheduled on. */
  readonly processors: number;
  /** Admitted, by guest. */
  readonly schedules = new Map<string, VmSchedule>();
  /** When periods of guests begin on its own clock, of those that are told. */
  readonly phases = new Map<string, { periodUs: number; phaseUs: number }>();
  counters: CoreCounters;
  readonly bound = new MeasuredBound();
  /** What rules may lead to now. */
  readonly surroundings: Surroundings = {
    isHere: (guest, network) => this.hasGuest(guest, network),
    isUp: (peer) => this.links.get(peer)?.up ?? false,
    hasLan: (network) => this.networks.get(network)?.lan !== undefined,
  };
  readonly #clock: ClockError;
  readonly #computeCores: number;
  readonly #bornMs: number;
  #computeSettledMs: number;
  #resets = 0;

  constructor(index: number, spec: UnderlaySpec['hosts'][number], noise: CounterNoise, nowMs: number) {
    this.index = index;
    this.name = spec.name;
    this.noise = noise;
    this.#clock = spec.clock ?? { offsetMs: 0, driftPpm: 0 };
    this.#computeCores = spec.computeCores;
    this.processors = Math.max(1, Math.floor(spec.computeCores));
    this.#bornMs = nowMs;
    this.#computeSettledMs = nowMs;
    this.counters = new CoreCounters(this.#epoch());
  }

  /** What the host's own clock shows. */
  localMs(nowMs: number): number {
    const { offsetMs, driftPpm } = this.#clock;
    return nowMs + offsetMs + (nowMs - this.#bornMs) * driftPpm * 1e-6;
  }

  /** What its monotonic clock shows, which began with it. */
  monotonicUs(nowMs: number): number {
    return (nowMs - this.#bornMs) * 1000 * (1 + this.#clock.driftPpm * 1e-6);
  }

  /** By how much its other clock is ahead of that. */
  get realtimeAheadUs(): number {
    return Math.round(this.localMs(this.#bornMs) * 1000);
  }

  /** When the first period of a guest begins from `sinceMs` on; undefined if its periods begin at any time. */
  periodBeginMs(guest: string, sinceMs: number): number | undefined {
    const phase = this.phases.get(guest);
    if (!phase) return undefined;
    const { periodUs, phaseUs } = phase;
    const count = Math.ceil((this.localMs(sinceMs) * 1000 - phaseUs) / periodUs);
    return this.trueMs((phaseUs + count * periodUs) / 1000);
  }

  /** When the host's own clock shows `localMs`. */
  trueMs(localMs: number): number {
    const { offsetMs, driftPpm } = this.#clock;
    const gain = driftPpm * 1e-6;
    return (localMs - offsetMs + this.#bornMs * gain) / (1 + gain);
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
    for (const guest of this.guests.values()) {
      const wantedMs = guest.spec.computeCores * (atMs - this.#computeSettledMs);
      guest.cpuMs += share * wantedMs;
      guest.waitMs += (1 - share) * wantedMs;
    }
    this.#computeSettledMs = atMs;
  }

  #epoch(): string {
    return `${this.#bornMs}-${this.#resets}`;
  }
}
