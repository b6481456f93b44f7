import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { converge } from '../../../agents/converge.js';
import type { Substrate } from '../../../agents/substrate.js';
import type {
  Departure,
  DropCounter,
  Fault,
  GuestSpec,
  LinkEnd,
  NetworkAttachment,
  Rule,
} from '../../../schema/generated/types.js';
import { guestSpec, type Star, type StarHost, starHost } from '../star.js';

/** A station on the user's LAN, among the names of those that frames reach. */
export const station = 'station';

/** A frame to send: from a running guest, or from the station under an address of its own. */
export interface Sent {
  from: string;
  /** An Ethernet address, or `group` for a broadcast. */
  to: string;
  /** Of the station's frames. */
  source?: string;
}

/** Hosts with substrates under test, and the means to send frames from their guests. */
export interface World {
  /** At least three, each of which can be linked with each other. */
  hosts: string[];
  /** Device of the first host on the user's LAN, where the station is. */
  lan: string;
  /** How much random testing the world's speed allows. */
  volume: Volume;
  /** The substrate of a host, since its last restart. */
  substrate(host: string): Substrate;
  /** The end on `host` of a link to `peer`. */
  linkEnd(host: string, peer: string): LinkEnd;
  /**
   * Sends frames one after the other. Resolves when they have gone everywhere they will: for each the names of guests (or the station)
   * that it reached, once for each copy, whatever address it carries.
   */
  exchange(frames: readonly Sent[]): Promise<string[][]>;
  /** Sends a frame to each destination in turn, again and again while `task` goes on; who got each, and where it was sent to. */
  stream(from: string, destinations: readonly string[], task: () => Promise<void>): Promise<Streamed[]>;
  /** The underlay between two hosts carries nothing from now on, or does again. */
  cut(a: string, b: string, isCut: boolean): Promise<void>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** Closes the host's substrate and opens another, as when its agent restarts. */
  restart(host: string): Promise<void>;
  close(): Promise<void>;
}

export interface Streamed {
  to: string;
  deliveredTo: string[];
}

export interface Volume {
  /** Random forwarding tables, destinations in each, and frames of each, drawn from all that there can be. */
  tables: number;
  destinations: number;
  frames: number;
  /** Random topologies. */
  topologies: number;
  /** Rules of a table that is switched while frames pass, and how often it is. */
  rules: number;
  switches: number;
}

/** An Ethernet address that no guest has. */
export const nowhere = '02:00:00:00:00:fe';

/** Time in which links must come up or go down. */
const patienceMs = 30_000;

/** A world and what the contract does with it again and again. */
export class Stage {
  readonly world: World;
  readonly hosts: [string, string, string];
  /** Its Proxy is the first host. */
  readonly network: NetworkAttachment;
  readonly #cuts: [string, string][] = [];

  constructor(world: World) {
    const [a, b, c] = world.hosts;
    if (a === undefined || b === undefined || c === undefined) throw new Error('the contract needs three hosts');
    this.world = world;
    this.hosts = [a, b, c];
    this.network = { name: 'lan', vni: 77, mtu: 1450, proxy: a };
  }

  /** Brings a host to a state as its agent does. */
  converge(host: string, state: StarHost, departures: Departure[] = [], removals: string[] = []): Promise<Fault[]> {
    const order = { host, generation: 1, samplingIntervalMs: 1000, departures, removals };
    return converge(this.world.substrate(host), { ...order, ...state });
  }

  async cut(a: string, b: string): Promise<void> {
    await this.world.cut(a, b, true);
    this.#cuts.push([a, b]);
  }

  /** Undoes all cuts. */
  async heal(): Promise<void> {
    for (const [a, b] of this.#cuts.splice(0)) await this.world.cut(a, b, false);
  }

  /** Leaves nothing on any host, and every link whole. */
  async clear(): Promise<void> {
    await this.heal();
    for (const host of this.world.hosts) {
      const guests = (await this.world.substrate(host).vmm.current()).map(({ guest }) => guest.name);
      const nothing = { networks: [], links: [], guests: [], rules: [] };
      expect(await this.converge(host, nothing, [], guests)).toEqual([]);
    }
    for (const host of this.world.hosts) await this.#emptied(host);
  }

  /** Guests that have to shut down first take their time. */
  async #emptied(host: string): Promise<void> {
    const guests = async () => (await this.world.substrate(host).vmm.current()).map(({ guest }) => guest.name);
    for (let waitedMs = 0; waitedMs < patienceMs && (await guests()).length > 0; waitedMs += 20) await sleep(20);
    expect(await guests()).toEqual([]);
  }

  /** Unless told otherwise one guest on each host, numbered from 1. */
  star(placement = this.hosts.map((host, index) => ({ guest: guestSpec(index + 1, 'lan'), host }))): Star {
    const linkEnd = (host: string, peer: string) => this.world.linkEnd(host, peer);
    return { network: this.network, hosts: this.hosts, placement, linkEnd };
  }

  /** Brings hosts to a star whose links are up. */
  async build(star: Star): Promise<void> {
    await this.buildAll([star]);
  }

  /** Likewise to stars of several networks over the same links. */
  async buildAll(stars: readonly Star[]): Promise<void> {
    for (const host of this.hosts) {
      const parts = stars.map((star) => starHost(star, host));
      const all: StarHost = {
        networks: parts.flatMap(({ networks }) => networks),
        links: parts[0]?.links ?? [],
        guests: parts.flatMap(({ guests }) => guests),
        rules: parts.flatMap(({ rules }) => rules),
      };
      expect(await this.converge(host, all)).toEqual([]);
    }
    for (const host of this.hosts) {
      const [a, b, c] = this.hosts;
      await this.linked(host, host === a ? [b, c] : [a]);
    }
  }

  /** Waits until the host's links to these peers are up, or down. */
  async linked(host: string, peers: string[], up = true): Promise<void> {
    const seen = async () => {
      const { links } = await this.world.substrate(host).vnet.current();
      return links.filter(({ link }) => peers.includes(link.peer));
    };
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 20) {
      if ((await seen()).every((link) => link.up === up)) break;
      await this.world.wait(20);
    }
    expect((await seen()).map((link) => [link.link.peer, link.up])).toEqual(
      [...peers].sort().map((peer) => [peer, up]),
    );
  }

  async deliveredTo(guest: string, to: string): Promise<string[]> {
    return (await this.reached([{ from: guest, to }])).flat();
  }

  /** Who gets each frame. */
  async reached(frames: readonly Sent[]): Promise<string[][]> {
    return (await this.world.exchange(frames)).map((names) => names.sort());
  }

  /** Each of the guests reaches each other one alone, and a broadcast all others, once. */
  async expectWhole(guests: readonly GuestSpec[]): Promise<void> {
    const others = (from: GuestSpec) => guests.filter((each) => each !== from);
    const pairs = guests.flatMap((from) => others(from).map((to) => ({ from, to })));
    const unicast = await this.reached(pairs.map(({ from, to }) => ({ from: from.name, to: to.mac })));
    expect(unicast).toEqual(pairs.map(({ to }) => [to.name]));
    const broadcast = await this.reached(guests.map(({ name }) => ({ from: name, to: 'group' })));
    expect(broadcast).toEqual(guests.map((from) => namesOf(others(from))));
  }

  async drops(host: string, reason: DropCounter['reason']): Promise<number> {
    const { drops } = await this.world.substrate(host).vnet.counters();
    return drops.find((each) => each.reason === reason)?.frames ?? 0;
  }

  async carried(host: string, peer: string): Promise<{ sentBytes: number; receivedBytes: number }> {
    const { links } = await this.world.substrate(host).vnet.counters();
    return links.find((each) => each.peer === peer) ?? { peer, sentBytes: 0, receivedBytes: 0 };
  }

  /** Hosts that know of a guest, and in what phase. */
  async phases(guest: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const host of this.hosts)
      for (const report of await this.world.substrate(host).vmm.current())
        if (report.guest.name === guest) found[host] = report.phase;
    return found;
  }

  /** The star with `vm-2` on the second host, and what the hosts are to be to move it to the third. */
  async beforeMove(): Promise<{ guest: GuestSpec; proxy: StarHost; from: StarHost; to: StarHost }> {
    const [a, b, c] = this.hosts;
    const built = this.star();
    await this.build(built);
    const guest = guestSpec(2, 'lan');
    const moved = this.star(built.placement.map((each) => (each.guest.name === 'vm-2' ? { guest, host: c } : each)));
    const to = starHost(moved, c);
    to.guests = to.guests.map((each) => (each.name === 'vm-2' ? { ...each, from: b } : each));
    return { guest, proxy: starHost(moved, a), from: starHost(moved, b), to };
  }

  /** Converges the new host, as its agent would, until the guest is there. */
  async arrive(host: string, state: StarHost, guest: string): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      expect(await this.converge(host, state)).toEqual([]);
      if ((await this.phases(guest))[host] === 'running') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await this.phases(guest)).toEqual({ [host]: 'running' });
  }
}

export function namesOf(guests: readonly GuestSpec[]): string[] {
  return guests.map(({ name }) => name).sort();
}

/** What a restart of the agent, or being told the same again, must not change. */
export async function inEffect({ vnet, vmm }: Substrate) {
  const { networks, links, rules } = await vnet.current();
  return { networks, links, rules: byKey(rules), guests: await vmm.current(), epoch: (await vnet.counters()).epoch };
}

export function byKey(rules: Rule[]): Rule[] {
  const key = (rule: Rule) => `${rule.network} ${rule.source} ${rule.destination}`;
  return [...rules].sort((x, y) => (key(x) < key(y) ? -1 : 1));
}
