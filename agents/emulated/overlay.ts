import type { LinkEnd } from '../../schema/generated/types.js';
import type { EmulatedHost } from './emulated-host.js';
import { agree, linkKinds } from './link-kinds.js';
import type { Underlay, UnderlayEdge } from './underlay.js';

/** Hosts, where guests run, and which links carry frames. */
export class Overlay {
  readonly hosts: readonly EmulatedHost[];
  /** The host of each running guest. */
  readonly places = new Map<string, EmulatedHost>();
  readonly #underlay: Underlay;
  readonly #byName: Map<string, EmulatedHost>;
  readonly #cuts = new Set<string>();

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

  /** The underlay between two hosts carries no link's frames from now on, or does again. */
  cut(a: EmulatedHost, b: EmulatedHost, isCut: boolean): void {
    for (const key of [pairKey(a, b), pairKey(b, a)]) {
      if (isCut) this.#cuts.add(key);
      else this.#cuts.delete(key);
    }
  }

  isCut(host: EmulatedHost, peer: EmulatedHost): boolean {
    return this.#cuts.has(pairKey(host, peer));
  }

  /** Whether both ends of a link exist and address each other. */
  isWhole(host: EmulatedHost, peer: EmulatedHost): boolean {
    const near = host.links.get(peer.name)?.end;
    const far = peer.links.get(host.name)?.end;
    return near !== undefined && far !== undefined && agree(near, far);
  }

  /** Whether frames on a link arrive. */
  carries(host: EmulatedHost, peer: EmulatedHost): boolean {
    return this.isWhole(host, peer) && !this.isCut(host, peer);
  }

  /** Time from the first attempt until the peer has confirmed the link. */
  setUpMs(host: EmulatedHost, end: LinkEnd): number {
    const peer = this.find(end.peer);
    const { roundTrips, workMs } = linkKinds[end.type];
    const roundTripMs = peer ? (this.edge(host, peer)?.latencyMs ?? 0) + (this.edge(peer, host)?.latencyMs ?? 0) : 0;
    return roundTrips * roundTripMs + workMs;
  }
}

function pairKey(host: EmulatedHost, peer: EmulatedHost): string {
  return `${host.name} ${peer.name}`;
}
