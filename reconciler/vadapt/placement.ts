import { at } from './at.js';
import { HostRoom } from './host-room.js';
import type { Overlay } from './overlay.js';
import type { Route } from './route.js';
import type { Standing } from './standing.js';
import { Traffic } from './traffic.js';

/** A configuration to come back to. */
export interface Saved {
  mapping: readonly number[];
  routes: readonly Route[];
  standing: Standing;
}

type Change =
  | { kind: 'evicted'; vm: number; host: number }
  | { kind: 'settled'; vm: number }
  | { kind: 'route'; demand: number; route: Route };

/** A feasible configuration that can be changed step by step, and back to where it was last kept. */
export class Placement {
  readonly overlay: Overlay;
  readonly traffic: Traffic;
  readonly room: HostRoom;
  readonly #mapping: number[];
  /** Former values of what changed since the last `keep`. */
  #changes: Change[] = [];
  #migrations = 0;

  constructor(overlay: Overlay, start: Pick<Saved, 'mapping' | 'routes'>) {
    this.overlay = overlay;
    this.traffic = new Traffic(overlay);
    this.room = new HostRoom(overlay.problem);
    this.#mapping = [...start.mapping];
    this.#mapping.forEach((host, vm) => {
      this.room.place(vm, host);
      this.#migrations += this.#isMigration(vm, host);
    });
    start.routes.forEach((route, demand) => {
      this.traffic.set(demand, route);
    });
  }

  hostOf(vm: number): number {
    return at(this.#mapping, vm);
  }

  /** The hosts of a demand's VMs. */
  endsOf(demand: number): [number, number] {
    const { source, destination } = at(this.overlay.problem.demands, demand);
    return [this.hostOf(source), this.hostOf(destination)];
  }

  /** Takes a demand off its route, which is returned; it must be given another. */
  takeOff(demand: number): Route {
    const route = this.traffic.routeOf(demand);
    this.#changes.push({ kind: 'route', demand, route });
    this.traffic.set(demand, null);
    return route;
  }

  /**
   * Takes a VM off its host, and its demands that are still routed off their routes: these are put into `former` by demand.
   * All must be settled and routed again.
   */
  evict(vm: number, former: Map<number, Route>): void {
    const host = this.hostOf(vm);
    this.#changes.push({ kind: 'evicted', vm, host });
    this.room.remove(vm, host);
    for (const demand of at(this.overlay.demandsOf, vm))
      if (!former.has(demand)) former.set(demand, this.takeOff(demand));
  }

  /** Puts an evicted VM on a host that has room for it. */
  settle(vm: number, host: number): void {
    this.#changes.push({ kind: 'settled', vm });
    this.room.place(vm, host);
    this.#setHost(vm, host);
  }

  #setHost(vm: number, host: number): void {
    this.#migrations += this.#isMigration(vm, host) - this.#isMigration(vm, this.hostOf(vm));
    this.#mapping[vm] = host;
  }

  #isMigration(vm: number, host: number): number {
    const { current } = at(this.overlay.problem.vms, vm);
    return current !== null && current !== host ? 1 : 0;
  }

  /** Migrations beyond what the problem allows. */
  excessMigrations(): number {
    return Math.max(0, this.#migrations - (this.overlay.problem.maxMigrations ?? Number.POSITIVE_INFINITY));
  }

  standing(): Standing {
    return {
      excessMigrations: this.excessMigrations(),
      score: this.traffic.score(),
      migrations: this.#migrations,
      hops: this.traffic.hops,
      latencyMs: this.traffic.latencyMs,
    };
  }

  save(standing: Standing): Saved {
    const routes = this.overlay.problem.demands.map((_, demand) => this.traffic.routeOf(demand));
    return { mapping: [...this.#mapping], routes, standing };
  }

  /** Makes what changed permanent. */
  keep(): void {
    this.#changes = [];
  }

  /** Back to where it was last kept. */
  undo(): void {
    for (const change of this.#changes.reverse()) {
      if (change.kind === 'route') this.traffic.set(change.demand, change.route);
      else if (change.kind === 'settled') this.room.remove(change.vm, this.hostOf(change.vm));
      else {
        this.room.place(change.vm, change.host);
        this.#setHost(change.vm, change.host);
      }
    }
    this.#changes = [];
  }
}
