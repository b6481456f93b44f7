import type { EmulatedHost } from './emulated-host.js';
import type { Underlay, UnderlayEdge } from './underlay.js';

/** Hosts, where guests run, and the links that both sides agree on. */
export class Overlay {
  readonly hosts: readonly EmulatedHost[];
  /** The host of each running guest. */
  readonly places = new Map<string, EmulatedHost>();
  readonly #underlay: Underlay;
  readonly #byName: Map<string, EmulatedHost>;

  constructor(hosts: readonly EmulatedHost[], underlay: Underlay) {
    this.hosts = hosts;
    this.#underlay = underlay;
    this.#byName = new Map(hosts.map((host) => [host.name, host]));
  }

  find(name: string): EmulatedHost | undefined {
    return this.#byName.get(name);
  }

  edge(from: EmulatedHost, to: EmulatedHost): UnderlayEdge | undefined {
    return this.#underlay.edge(from.index, to.index);
  }

  /** Whether a link carries frames: both ends exist and address each other. */
  isUp(host: EmulatedHost, peer: EmulatedHost): boolean {
    const near = host.links.get(peer.name)?.end;
    const far = peer.links.get(host.name)?.end;
    return (
      near !== undefined &&
      far !== undefined &&
      near.type === far.type &&
      near.local === far.remote &&
      near.remote === far.local
    );
  }
}
