import type { EmulatedHost } from './emulated-host.js';
import { type Account, account, type Ledger } from './ledger.js';
import { maxMinRates } from './max-min-rates.js';
import type { Overlay } from './overlay.js';
import type { PathLoads } from './path-loads.js';
import { type Flow, isSameRoute, type Route, route } from './route.js';
import type { Underlay } from './underlay.js';

/** Ethernet header before the packet. */
const headerBytes = 14;
/** A sender whose frames get nowhere tries one again each second, as TCP does at first. */
const retriesPerMs = 1e-3;
const bytesPerMs = (rateMbps: number): number => rateMbps * 125;

/**
 * The applications: their flows share the underlay max-min fairly along the paths that frames really take. Where nothing has
 * changed nothing is computed again.
 */
export class Traffic {
  readonly #overlay: Overlay;
  readonly #underlay: Underlay;
  readonly #ledger: Ledger;
  readonly #paths: PathLoads;
  readonly #delivered: Account = account();
  #flows: readonly Flow[] = [];
  #routes: (Route | undefined)[] = [];
  #rates: Float64Array = new Float64Array();
  /** Flows by what their routes depend on. */
  #byHost = new Map<EmulatedHost, Set<number>>();
  #byGuest = new Map<string, number[]>();
  /** Flows whose route may be another one, and whether counting has to begin anew in any case. */
  readonly #stale = new Set<number>();
  #recount = false;

  constructor(overlay: Overlay, underlay: Underlay, ledger: Ledger, paths: PathLoads) {
    this.#overlay = overlay;
    this.#underlay = underlay;
    this.#ledger = ledger;
    this.#paths = paths;
  }

  offer(flows: readonly Flow[]): void {
    const isOther = flows.length !== this.#flows.length || flows.some((flow, i) => !isSamePair(flow, this.#flows[i]));
    this.#flows = flows;
    this.#recount = true;
    // Where the frames go does not depend on how many there are.
    if (!isOther) return;
    this.#routes = flows.map(() => undefined);
    this.#byHost = new Map();
    this.#byGuest = new Map();
    this.#stale.clear();
    flows.forEach(({ source, destination }, flow) => {
      this.#stale.add(flow);
      for (const guest of [source, destination]) this.#byGuest.set(guest, [...(this.#byGuest.get(guest) ?? []), flow]);
    });
  }

  /** Something about the host has changed. */
  hostChanged(host: EmulatedHost): void {
    for (const flow of this.#byHost.get(host) ?? []) this.#stale.add(flow);
  }

  /** The guest has come, gone or changed. */
  guestChanged(guest: string): void {
    for (const flow of this.#byGuest.get(guest) ?? []) this.#stale.add(flow);
  }

  /** A core counts from zero. */
  countersReplaced(): void {
    this.#recount = true;
  }

  /** Others take more or less of the underlay. */
  crossChanged(): void {
    this.#recount = true;
  }

  /** Brings rates up to date with all changes so far; they hold from `atMs` on. */
  share(atMs: number): void {
    for (const flow of this.#stale) if (this.#reroute(flow)) this.#recount = true;
    this.#stale.clear();
    if (!this.#recount) return;
    this.#recount = false;
    this.#ledger.settle(atMs);
    this.#rates = maxMinRates(
      this.#routes.map((each, flow) => (each?.share ?? 0) * (this.#flows[flow]?.rateMbps ?? 0)),
      this.#routes.map((each) => each?.uses ?? []),
      this.#underlay.availableMbps,
    );
    this.#paths.begin();
    this.#routes.forEach((each, flow) => {
      if (each) this.#count(each, this.#flows[flow]?.rateMbps ?? 0, this.#rates[flow] ?? 0);
    });
    this.#paths.end();
  }

  /** Mb/s that arrive, flow by flow, as of the last `share`. */
  throughput(): Flow[] {
    return this.#flows.map(({ source, destination }, i) => ({ source, destination, rateMbps: this.#rates[i] ?? 0 }));
  }

  /** The same, without names. */
  ratesMbps(): Float64Array {
    return this.#rates;
  }

  deliveredMb(atMs: number): number {
    return this.#ledger.read(this.#delivered, atMs) * 8e-6;
  }

  /** Whether the flow goes another way now. */
  #reroute(flow: number): boolean {
    const offered = this.#flows[flow];
    if (!offered) return false;
    const before = this.#routes[flow];
    const after = route(this.#overlay, this.#underlay, offered);
    for (const host of before?.journey.touched ?? []) this.#byHost.get(host)?.delete(flow);
    for (const host of after?.journey.touched ?? []) {
      const flows = this.#byHost.get(host) ?? new Set();
      this.#byHost.set(host, flows.add(flow));
    }
    this.#routes[flow] = after;
    return !isSameRoute(before, after);
  }

  #count({ journey, network, from, to }: Route, wantedMbps: number, rateMbps: number): void {
    if (wantedMbps === 0) return;
    for (const { host, reason } of journey.drops) this.#ledger.grow(host.counters.drops(reason), retriesPerMs);
    const host = journey.hosts[0];
    if (rateMbps === 0 || !host || !network) return;
    const rate = bytesPerMs(rateMbps);
    const matrix = host.counters.traffic(network.name, from.mac, to.mac);
    this.#ledger.grow(matrix.bytes, rate);
    this.#ledger.grow(matrix.packets, rate / (network.mtu + headerBytes));
    for (const hop of journey.hops) {
      this.#ledger.grow(hop.from.counters.link(hop.to.name).sent, rate);
      this.#ledger.grow(hop.to.counters.link(hop.from.name).received, rate);
      this.#paths.add(hop.from, hop.to, rateMbps);
    }
    this.#ledger.grow(this.#delivered, rate);
  }
}

function isSamePair(a: Flow, b: Flow | undefined): boolean {
  return a.source === b?.source && a.destination === b.destination;
}
