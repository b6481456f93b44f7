import type { GuestSpec } from '../../schema/generated/types.js';
import type { EmulatedHost } from './emulated-host.js';
import type { Ledger } from './ledger.js';
import type { Lie } from './lie.js';
import { Liveness } from './liveness.js';
import { copyMs, type Migration, Migrations } from './migrations.js';
import type { Overlay } from './overlay.js';
import type { PathLoads } from './path-loads.js';
import type { Progress } from './program-run.js';
import type { Scenario } from './scenario.js';
import { ScenarioPlay } from './scenario-play.js';
import { ScenarioTruth } from './scenario-truth.js';
import type { Traffic } from './traffic.js';
import type { Underlay } from './underlay.js';

/** The world that all emulated hosts are in, and its time. */
export class Emulation {
  readonly overlay: Overlay;
  readonly underlay: Underlay;
  readonly ledger: Ledger;
  readonly traffic: Traffic;
  readonly paths: PathLoads;
  readonly migrations = new Migrations();
  /** 0: migrations take no time. */
  readonly #migrationMbps: number;
  readonly #clock: () => number;
  readonly #liveness: Liveness;
  #play: ScenarioPlay | null = null;
  #atMs: number;

  constructor(parts: {
    overlay: Overlay;
    underlay: Underlay;
    ledger: Ledger;
    traffic: Traffic;
    paths: PathLoads;
    migrationMbps: number;
    clock: () => number;
    startMs: number;
  }) {
    this.overlay = parts.overlay;
    this.#liveness = new Liveness(parts.overlay);
    this.underlay = parts.underlay;
    this.ledger = parts.ledger;
    this.traffic = parts.traffic;
    this.paths = parts.paths;
    this.#migrationMbps = parts.migrationMbps;
    this.#clock = parts.clock;
    this.#atMs = parts.startMs;
  }

  /** Lets the world go on until now, and tells when that is. Before every look and every change. */
  now(): number {
    const nowMs = Math.max(this.#atMs, this.#clock());
    while (this.#nextEvent(nowMs));
    this.#goOn(nowMs);
    return nowMs;
  }

  /** An end of a link between two hosts has come, gone or changed. */
  linkChanged(host: EmulatedHost, peerName: string): void {
    const nowMs = this.now();
    const peer = this.overlay.find(peerName);
    if (peer) this.#linkChanged(host, peer, nowMs);
  }

  /** Begins a scenario, in place of one that is played. */
  begin(scenario: Scenario): ScenarioTruth {
    const truth = new ScenarioTruth(scenario);
    this.#play = new ScenarioPlay(truth, this.now(), {
      offer: (flows) => this.traffic.offer(flows),
      cross: (rates) => {
        this.underlay.cross(rates);
        this.traffic.crossChanged();
      },
      cut: (a, b, isCut) => {
        const [host, peer] = [this.overlay.find(a), this.overlay.find(b)];
        if (!host || !peer) return;
        this.overlay.cut(host, peer, isCut);
        this.#linkChanged(host, peer, this.#atMs);
      },
    });
    this.now();
    return truth;
  }

  /** How a host makes its figures false now. */
  lie(host: string): Required<Lie> {
    return this.#play?.lie(host, this.now()) ?? { matrix: 1, links: 1, paths: 1 };
  }

  /** Lets the world go on until now; rates are those that hold from then on. */
  share(): void {
    this.traffic.share(this.now());
  }

  /** A guest that runs nowhere begins to, or one that runs on the host becomes what `spec` says. */
  run(host: EmulatedHost, spec: GuestSpec): void {
    host.settleCompute(this.now());
    const guest = host.guests.get(spec.name);
    if (guest) guest.spec = spec;
    else host.guests.set(spec.name, { spec, cpuMs: 0, waitMs: 0 });
    this.overlay.places.set(spec.name, host);
    this.#guestChanged(host, spec.name);
  }

  stop(host: EmulatedHost, guest: string): void {
    host.settleCompute(this.now());
    host.guests.delete(guest);
    this.overlay.places.delete(guest);
    this.migrations.end(guest);
    this.#guestChanged(host, guest);
  }

  /** Sends a guest on its way; the other host awaits it. */
  migrate(from: EmulatedHost, to: EmulatedHost, guest: GuestSpec): void {
    const startMs = this.now();
    const capacities = this.overlay.edge(from, to)?.resources.map((each) => this.underlay.capacitiesMbps[each] ?? 0);
    const rateMbps = Math.min(this.#migrationMbps, ...(capacities ?? []));
    const tookMs = this.#migrationMbps === 0 ? 0 : copyMs(guest.memoryMib, rateMbps);
    this.migrations.begin({ guest: guest.name, from, to, endsMs: startMs + tookMs });
    this.now();
  }

  /** How far programs have come. */
  progress(): Progress[] {
    this.now();
    return this.#play?.progress() ?? [];
  }

  /** When the scenario goes on: programs go on when what they send has arrived. */
  #turnMs(): number {
    if (!this.#play) return Number.POSITIVE_INFINITY;
    this.traffic.share(this.#atMs);
    return this.#play.nextMs(this.traffic.ratesMbps());
  }

  /** Lets happen what is due first; false when nothing is due until `nowMs`. */
  #nextEvent(nowMs: number): boolean {
    const migration = this.migrations.due(nowMs);
    const loss = this.#liveness.due(migration?.endsMs ?? nowMs);
    const due = loss ?? migration;
    const turnMs = this.#turnMs();
    if (this.#play && turnMs <= (due?.endsMs ?? nowMs)) {
      this.#goOn(Math.max(turnMs, this.#atMs));
      this.#play.turn(this.#atMs);
      return true;
    }
    if (!due) return false;
    this.#goOn(Math.max(due.endsMs, this.#atMs));
    if (loss) {
      this.#liveness.end(loss.link);
      this.traffic.hostChanged(loss.host);
    } else if (migration) this.#switchOver(migration);
    return true;
  }

  #switchOver({ guest: name, from, to }: Migration): void {
    this.migrations.end(name);
    const guest = from.guests.get(name);
    const awaited = to.awaited.get(name);
    if (!guest || !awaited) throw new Error(`the migration of ${name} outlived its ends`);
    const { from: _from, ...spec } = awaited;
    from.settleCompute(this.#atMs);
    to.settleCompute(this.#atMs);
    from.guests.delete(name);
    to.awaited.delete(name);
    to.guests.set(name, { spec, cpuMs: guest.cpuMs, waitMs: guest.waitMs });
    this.overlay.places.set(name, to);
    this.#guestChanged(from, name);
    this.#guestChanged(to, name);
  }

  #linkChanged(host: EmulatedHost, peer: EmulatedHost, atMs: number): void {
    this.#liveness.look(host, peer, atMs);
    this.traffic.hostChanged(host);
    this.traffic.hostChanged(peer);
  }

  #guestChanged(host: EmulatedHost, guest: string): void {
    this.traffic.guestChanged(guest);
    this.traffic.hostChanged(host);
  }

  /** All changes so far happened at `#atMs`: rates follow from them until `toMs`. */
  #goOn(toMs: number): void {
    if (toMs === this.#atMs) return;
    this.traffic.share(this.#atMs);
    this.#play?.goOn(toMs, this.traffic.ratesMbps());
    this.#atMs = toMs;
  }
}
