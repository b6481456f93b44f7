import type { EmulatedHost } from './emulated-host.js';
import { follow, type Journey } from './journey.js';
import { type Account, account, type Ledger } from './ledger.js';
import { maxMinRates } from './max-min-rates.js';
import type { Overlay } from './overlay.js';
import type { Underlay } from './underlay.js';

/** An elastic stream of frames between two guests: as fast as the network gives, up to `rateMbps`. */
export interface Flow {
  source: string;
  destination: string;
  rateMbps: number;
}

/** Ethernet header and addresses before the packet. */
const headerBytes = 14;
/** A sender whose frames get nowhere tries one again each second, as TCP does at first. */
const retriesPerMs = 1e-3;
const bytesPerMs = (rateMbps: number): number => rateMbps * 125;

interface Route {
  offeredMbps: number;
  /** Null while the guests do not run. */
  journey: Journey | null;
  /** Underlay resources, empty if the frames do not arrive. */
  uses: number[];
}

/** The applications: their flows share the underlay max-min fairly along the paths that frames really take. */
export class Traffic {
  readonly #overlay: Overlay;
  readonly #underlay: Underlay;
  readonly #ledger: Ledger;
  readonly #delivered: Account = account();
  #flows: readonly Flow[] = [];
  #guests = new Set<string>();
  #touched = new Set<EmulatedHost>();
  #rates: Float64Array = new Float64Array();

  constructor(overlay: Overlay, underlay: Underlay, ledger: Ledger) {
    this.#overlay = overlay;
    this.#underlay = underlay;
    this.#ledger = ledger;
  }

  offer(flows: readonly Flow[]): void {
    this.#flows = flows;
    this.#guests = new Set(flows.flatMap(({ source, destination }) => [source, destination]));
  }

  /** Whether rates may change when something about the host does. */
  touches(host: EmulatedHost): boolean {
    return this.#touched.has(host);
  }

  involves(guest: string): boolean {
    return this.#guests.has(guest);
  }

  /** Rates from `atMs` on. */
  share(atMs: number): void {
    const routes = this.#flows.map((flow) => this.#route(flow));
    this.#touched = new Set(routes.flatMap(({ journey }) => [...(journey?.touched ?? [])]));
    // A flow that does not arrive sends nothing but retries.
    const offered = routes.map(({ offeredMbps, uses }) => (uses.length > 0 ? offeredMbps : 0));
    const uses = routes.map((route) => route.uses);
    this.#rates = maxMinRates(offered, uses, this.#underlay.capacitiesMbps);
    this.#ledger.settle(atMs);
    this.#flows.forEach((flow, i) => {
      const journey = routes[i]?.journey;
      if (journey) this.#count(flow, journey, this.#rates[i] ?? 0);
    });
  }

  /** Mb/s that arrive, flow by flow, as of the last `share`. */
  throughput(): Flow[] {
    return this.#flows.map(({ source, destination }, i) => ({ source, destination, rateMbps: this.#rates[i] ?? 0 }));
  }

  deliveredMb(atMs: number): number {
    return this.#ledger.read(this.#delivered, atMs) * 8e-6;
  }

  #route({ source, destination, rateMbps }: Flow): Route {
    const host = this.#overlay.places.get(source);
    const from = host?.guests.get(source);
    const to = this.#overlay.places.get(destination)?.guests.get(destination);
    if (!host || !from || !to) return { offeredMbps: 0, journey: null, uses: [] };
    const { network, mac } = from.spec;
    const journey = follow(this.#overlay, host, source, { network, source: mac, destination: to.spec.mac });
    const arrives = journey.deliveries.has(destination);
    return {
      offeredMbps: rateMbps * host.computeShare(),
      journey,
      uses: arrives ? this.#uses(host, journey) : [],
    };
  }

  #uses(host: EmulatedHost, journey: Journey): number[] {
    if (journey.hops.length === 0) return [this.#underlay.internal(host.index)];
    return journey.hops.flatMap(({ from, to }) => [...(this.#overlay.edge(from, to)?.resources ?? [])]);
  }

  #count({ source, destination }: Flow, journey: Journey, rateMbps: number): void {
    for (const { host, reason } of journey.drops) this.#ledger.grow(host.counters.drops(reason), retriesPerMs);
    const host = journey.hosts[0];
    const from = host?.guests.get(source)?.spec;
    const to = this.#overlay.places.get(destination)?.guests.get(destination)?.spec;
    const network = from && host.networks.get(from.network);
    if (rateMbps === 0 || !network || !to) return;
    const rate = bytesPerMs(rateMbps);
    const matrix = host.counters.traffic(from.network, from.mac, to.mac);
    this.#ledger.grow(matrix.bytes, rate);
    this.#ledger.grow(matrix.packets, rate / (network.mtu + headerBytes));
    for (const hop of journey.hops) {
      this.#ledger.grow(hop.from.counters.link(hop.to.name).sent, rate);
      this.#ledger.grow(hop.to.counters.link(hop.from.name).received, rate);
    }
    this.#ledger.grow(this.#delivered, rate);
  }
}
