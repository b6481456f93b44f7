import type { FleetState } from './model/fleet-state.js';
import { type Pair, pairName } from './model/pair.js';
import type { SnapshotVm } from './model/snapshot.js';
import { trace } from './model/trace.js';

/** Which hosts the frames of pairs visit by the tables in effect, each pair worked out when it is first asked for. */
export class Routes {
  readonly #current: FleetState;
  readonly #hostOf: ReadonlyMap<string, string | null>;
  /** In the order in which they were first asked for, and where each is in it. */
  readonly #order: { name: string; hosts: readonly string[] | null }[] = [];
  readonly #places = new Map<string, number>();
  /** Pairs are asked for in much the same order again and again: where the next one is likely to be. */
  #next = 0;
  readonly #hops = new Map<string, { from: string; to: string }>();

  constructor(current: FleetState, vms: readonly SnapshotVm[]) {
    this.#current = current;
    this.#hostOf = new Map(vms.map(({ spec, host }) => [`${spec.network} ${spec.mac}`, host]));
  }

  /** Host that a VM runs on; null if none, or none that is known. */
  hostOf(network: string, address: string): string | null {
    return this.#hostOf.get(`${network} ${address}`) ?? null;
  }

  /** Null when frames do not arrive. For the same pair it is the same list. */
  of(pair: Pair & { name?: string }): readonly string[] | null {
    const name = pair.name ?? pairName(pair);
    const isNext = this.#order[this.#next]?.name === name;
    const place = isNext ? this.#next : (this.#places.get(name) ?? this.#add(name, pair));
    this.#next = place + 1;
    return this.#order[place]?.hosts ?? null;
  }

  #add(name: string, { network, source, destination }: Pair): number {
    const host = this.#hostOf.get(`${network} ${source}`);
    const found = host ? trace(this.#current, network, host, source, destination) : null;
    // Without the room for more that a list has which has grown.
    const hosts = found?.kind === 'delivered' ? found.hosts.slice() : null;
    const place = this.#order.push({ name, hosts }) - 1;
    this.#places.set(name, place);
    let from: string | null = null;
    for (const to of hosts ?? []) {
      if (from !== null) this.#hops.set(`${from} ${to}`, { from, to });
      from = to;
    }
    return place;
  }

  /** From one host to the next on any of the routes so far. */
  get hops(): Iterable<{ from: string; to: string }> {
    return this.#hops.values();
  }
}
