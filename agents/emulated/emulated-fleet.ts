import type { Substrate } from '../substrate.js';
import { CounterNoise } from './counter-noise.js';
import { EmulatedHost } from './emulated-host.js';
import { emulatedSubstrate, type OpenSubstrate } from './emulated-substrate.js';
import type { WrenNoise } from './emulated-wren.js';
import { Emulation } from './emulation.js';
import { follow, type Journey } from './journey.js';
import { Ledger } from './ledger.js';
import { Overlay } from './overlay.js';
import { PathLoads } from './path-loads.js';
import type { Progress } from './program-run.js';
import type { Flow } from './route.js';
import { type Scenario, scenarioFaults } from './scenario.js';
import type { ScenarioTruth } from './scenario-truth.js';
import { Traffic } from './traffic.js';
import { Underlay, type UnderlaySpec } from './underlay.js';

export interface EmulatedFleetOptions extends UnderlaySpec {
  /** Of the counter noise. */
  seed: number;
  /** Time of the emulated world; it never goes back. */
  nowMs(): number;
  /** Rate at which a guest's memory is copied, where the path carries it. 0: migrations take no time. */
  migrationMbps?: number;
  /** How far the growth of a traffic counter may be off between two readings, relative, 0 to 1. */
  counterNoise?: number;
  /** What agents learn of paths; they learn nothing when it is left out. */
  wren?: WrenNoise;
}

/** What became of a frame. */
export interface Probe {
  outcome: 'delivered' | 'lan' | 'dropped';
  /** Hosts visited, in order. */
  hosts: string[];
  drops: { host: string; reason: string; copies: number }[];
  /** Copies that each guest got. */
  deliveries: Map<string, number>;
  /** Copies that went out to the LAN. */
  lanCopies: number;
}

const probeBytes = 60;

/**
 * Hosts, links, guests and applications as a deterministic fluid model: rates are constant between changes, shared max-min fairly
 * along the paths that the installed rules give, and counters are their exact integrals.
 */
export class EmulatedFleet {
  readonly #emulation: Emulation;
  readonly #wren: WrenNoise | undefined;
  readonly #open = new Map<string, OpenSubstrate>();

  /** Throws RangeError if the underlay refers to hosts or resources that are not there. */
  constructor(options: EmulatedFleetOptions) {
    const startMs = options.nowMs();
    const underlay = new Underlay(options);
    const hosts = options.hosts.map((spec, index) => {
      const noise = new CounterNoise(options.counterNoise ?? 0, options.seed + index);
      return new EmulatedHost(index, spec, noise, startMs);
    });
    const overlay = new Overlay(hosts, underlay);
    const ledger = new Ledger(startMs);
    const paths = new PathLoads(underlay, ledger, hosts.length);
    const traffic = new Traffic(overlay, underlay, ledger, paths);
    const { nowMs: clock, migrationMbps = 0 } = options;
    this.#emulation = new Emulation({ overlay, underlay, ledger, traffic, paths, migrationMbps, clock, startMs });
    this.#wren = options.wren;
  }

  /** What the agent of a host stands on: the one that is open, or else a new one. */
  substrate(host: string): Substrate {
    const open = this.#open.get(host);
    if (open?.isOpen()) return open.substrate;
    const opened = emulatedSubstrate(this.#emulation, this.#host(host), this.#wren);
    this.#open.set(host, opened);
    return opened.substrate;
  }

  /** What the clock of a host shows, for its agent. */
  clock(host: string): () => number {
    const found = this.#host(host);
    return () => found.localMs(this.#emulation.now());
  }

  /** Begins a scenario, which offers flows from now on. Throws RangeError if there is something wrong with it. */
  play(scenario: Scenario): ScenarioTruth {
    const hosts = new Set(this.#emulation.overlay.hosts.map(({ name }) => name));
    const faults = scenarioFaults(scenario, { hosts, resources: new Set(this.#emulation.underlay.resourceNames) });
    if (faults.length > 0) throw new RangeError(faults.join(' '));
    return this.#emulation.begin(scenario);
  }

  /** The agent of a host dies: its substrate can no longer be used, and copies of memory that it was sending break off. */
  crash(host: string): void {
    this.#emulation.now();
    this.#open.get(host)?.end();
    for (const { guest } of this.#emulation.migrations.from(this.#host(host))) this.#emulation.migrations.end(guest);
  }

  /** The VNET core of a host loses networks, links, rules and counters. */
  resetCore(host: string): void {
    this.#emulation.now();
    const peers = [...this.#host(host).links.keys()];
    this.#host(host).resetCore();
    for (const peer of peers) this.#emulation.linkChanged(this.#host(host), peer);
    this.#emulation.traffic.hostChanged(this.#host(host));
    this.#emulation.traffic.countersReplaced();
  }

  /** The underlay between two hosts no longer carries frames of links. */
  cutLink(a: string, b: string): void {
    this.#setCut(a, b, true);
  }

  /** Undoes `cutLink`. */
  healLink(a: string, b: string): void {
    this.#setCut(a, b, false);
  }

  /** Replaces what the applications want to send. Guests are named; flows of guests that do not run wait. */
  offer(flows: readonly Flow[]): void {
    this.#emulation.now();
    this.#emulation.traffic.offer(flows.map((flow) => ({ ...flow })));
  }

  /** What each offered flow gets now. */
  throughput(): Flow[] {
    this.#emulation.share();
    return this.#emulation.traffic.throughput();
  }

  /** What all flows together get now. */
  throughputMbps(): number {
    return this.throughput().reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  }

  /** What all flows together have got since the beginning, in megabits. */
  deliveredMb(): number {
    return this.#emulation.traffic.deliveredMb(this.#emulation.now());
  }

  /** How far each program of the scenario has come, from when it was played on. */
  progress(): Progress[] {
    return this.#emulation.progress();
  }

  /** Hosts on which a guest runs. */
  runningOn(guest: string): string[] {
    this.#emulation.now();
    return this.#emulation.overlay.hosts.filter(({ guests }) => guests.has(guest)).map(({ name }) => name);
  }

  /** When the first period of a guest begins from `sinceMs` on, in time of the emulated world; undefined where it has no phase. */
  periodBeginMs(guest: string, sinceMs: number): number | undefined {
    return this.#emulation.overlay.places.get(guest)?.periodBeginMs(guest, sinceMs);
  }

  /** Follows a frame between two guests without sending one. Throws RangeError if the source does not run. */
  probe(source: string, destination: string): Probe {
    const to = this.#emulation.overlay.places.get(destination)?.guests.get(destination);
    return this.#probe(this.#follow(source, to?.spec.mac ?? '').journey);
  }

  /** Copies of a broadcast that each guest would get. Throws RangeError if the source does not run. */
  broadcast(source: string): Map<string, number> {
    return this.#follow(source, 'group').journey.deliveries;
  }

  /** Sends one frame to an Ethernet address or to `group`, counted as the cores do. Throws RangeError if the source does not run. */
  send(source: string, to: string): Probe {
    const { host, frame, journey } = this.#follow(source, to);
    if (journey.matched) {
      const entry = host.counters.traffic(frame.network, frame.source, to === 'group' ? 'ff:ff:ff:ff:ff:ff' : to);
      entry.bytes.value += probeBytes;
      entry.packets.value += 1;
    }
    return this.#count(journey);
  }

  /**
   * Sends one frame from a station on the LAN of a network to an Ethernet address or to `group`. Throws RangeError if the network has
   * no LAN.
   */
  sendFromLan(network: string, source: string, destination: string): Probe {
    this.#emulation.now();
    const { overlay } = this.#emulation;
    const host = overlay.hosts.find((each) => each.surroundings.hasLan(network));
    if (!host) throw new RangeError(`network ${network} has no LAN`);
    const isForVm = destination === 'group' || host.table.knows(network, destination);
    if (isForVm && !host.table.knows(network, source))
      return this.#count(follow(overlay, host, { kind: 'lan' }, { network, source, destination }));
    host.counters.drops('lan-filter').value += 1;
    const drops = [{ host: host.name, reason: 'lan-filter', copies: 1 }];
    return { outcome: 'dropped', hosts: [host.name], drops, deliveries: new Map(), lanCopies: 0 };
  }

  #count(journey: Journey): Probe {
    for (const drop of journey.drops) drop.host.counters.drops(drop.reason).value += drop.copies;
    for (const hop of journey.hops) {
      hop.from.counters.link(hop.to.name).sent.value += hop.copies * probeBytes;
      hop.to.counters.link(hop.from.name).received.value += hop.copies * probeBytes;
    }
    return this.#probe(journey);
  }

  #follow(source: string, destination: string) {
    this.#emulation.now();
    const { overlay } = this.#emulation;
    const host = overlay.places.get(source);
    const guest = host?.guests.get(source);
    if (!host || !guest) throw new RangeError(`${source} does not run`);
    const frame = { network: guest.spec.network, source: guest.spec.mac, destination };
    return { host, frame, journey: follow(overlay, host, { kind: 'guest', name: source }, frame) };
  }

  #probe({ hosts, drops, deliveries, lanCopies }: Journey): Probe {
    return {
      outcome: deliveries.size > 0 ? 'delivered' : lanCopies > 0 ? 'lan' : 'dropped',
      hosts: hosts.map(({ name }) => name),
      drops: drops.map(({ host, reason, copies }) => ({ host: host.name, reason, copies })),
      deliveries,
      lanCopies,
    };
  }

  #setCut(a: string, b: string, isCut: boolean): void {
    this.#emulation.now();
    this.#emulation.overlay.cut(this.#host(a), this.#host(b), isCut);
    this.#emulation.linkChanged(this.#host(a), b);
  }

  #host(name: string): EmulatedHost {
    const host = this.#emulation.overlay.find(name);
    if (!host) throw new RangeError(`no host ${name} in the fleet`);
    return host;
  }
}
