import type { FleetState } from './model/fleet-state.js';
import type { Pair } from './model/pair.js';
import type { SnapshotVm } from './model/snapshot.js';
import { trace } from './model/trace.js';

/** Which hosts the frames of pairs visit by the tables in effect, each pair worked out when it is first asked for. */
export class Routes {
  readonly #current: FleetState;
  /** By network, then address. */
  readonly #hostOf = new Map<string, Map<string, string | null>>();
  /** By row of the pair. */
  readonly #routes: (readonly string[] | null | undefined)[] = [];
  readonly #hops = new Map<string, { from: string; to: string }>();

  constructor(current: FleetState, vms: readonly SnapshotVm[]) {
    this.#current = current;
    for (const { spec, host } of vms) {
      const inNetwork = this.#hostOf.get(spec.network) ?? new Map<string, string | null>();
      this.#hostOf.set(spec.network, inNetwork.set(spec.mac, host));
    }
  }

  /** Host that a VM runs on; null if none, or none that is known. */
  hostOf(network: string, address: string): string | null {
    return this.#hostOf.get(network)?.get(address) ?? null;
  }

  /**
   * Null when frames do not arrive. For the same row it is the same list.
   * @param row number that the pair has among those that are asked for
   */
  of(row: number, pair: Pair): readonly string[] | null {
    const known = this.#routes[row];
    if (known !== undefined) return known;
    const found = this.#found(pair);
    this.#routes[row] = found;
    return found;
  }

  #found({ network, source, destination }: Pair): readonly string[] | null {
    const host = this.hostOf(network, source);
    const found = host ? trace(this.#current, network, host, source, destination) : null;
    // Without the room for more that a list has which has grown.
    const hosts = found?.kind === 'delivered' ? found.hosts.slice() : null;
    let from: string | null = null;
    for (const to of hosts ?? []) {
      if (from !== null) this.#hops.set(`${from} ${to}`, { from, to });
      from = to;
    }
    return hosts;
  }

  /** From one host to the next on any of the routes so far. */
  get hops(): ReadonlyMap<string, { from: string; to: string }> {
    return this.#hops;
  }
}
