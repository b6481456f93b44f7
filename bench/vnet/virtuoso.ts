import { converge } from '../../agents/converge.js';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import { labIdentity, labSubstrateOptions } from '../../lab/substrate.js';
import type { HostState, LinkEnd, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import type { Design, GuestPair } from './design.js';
import { guestAddress, guestMac, guestSpec, hostAddress, missing, Stage, vxlanMtu } from './stage.js';

const network: NetworkAttachment = {
  name: 'bench',
  vni: 77,
  mtu: vxlanMtu,
  proxy: 'host-3',
  neighbours: [1, 2].map((n) => ({ address: guestAddress(n), mac: guestMac(n) })),
};

/** The route of frames between the two guests: the fast-path link between their hosts, or the star by way of host 3. */
export type Route = 'direct' | 'transit';

/** What sets one variant of the product apart from another. */
export interface Variant {
  id: string;
  name: string;
  encrypts: boolean;
  /** 1 and 2, and 3 if it is the middle of a star. */
  hosts: readonly number[];
  route: Route;
  /** Makes what links need, once the hosts are there. */
  prepare?(stage: Stage): Promise<void>;
  /** One end of the link between two hosts. */
  link(host: number, peer: number): LinkEnd;
  /** Rules beside those that the guests need. */
  moreRules?: (host: number) => Rule[];
}

/** Where the agent of a host keeps its keys. */
export const agentFolder = (stage: Stage, host: number): string => stage.path(`agent-${host}`);

/** Host `host`'s end of a VXLAN link. */
export function udpLink(host: number, peer: number): LinkEnd {
  return { peer: `host-${peer}`, type: 'udp', local: hostAddress(host), remote: hostAddress(peer) };
}

/** This product: its own agents' cores on three hosts, driven as agents drive them. */
export class Virtuoso implements Design {
  readonly name: string;
  readonly encrypts: boolean;
  readonly stage: Stage;
  readonly #variant: Variant;
  readonly #substrates = new Map<number, Substrate>();

  constructor(variant: Variant) {
    this.name = variant.name;
    this.encrypts = variant.encrypts;
    this.#variant = variant;
    this.stage = new Stage(variant.id);
  }

  available(): string | undefined {
    return missing(['clang', 'clang'], ['ip', 'iproute2']);
  }

  async setUp(): Promise<GuestPair> {
    await this.stage.build();
    await this.#variant.prepare?.(this.stage);
    for (const n of this.#variant.hosts) {
      const identity = labIdentity(this.stage.names, agentFolder(this.stage, n));
      const options = { ...labSubstrateOptions(this.stage.names, `host-${n}`), identity };
      this.#substrates.set(n, await netnsSubstrate(options));
      const faults = await converge(this.substrate(n), this.#state(n));
      if (faults.length > 0) throw new Error(faults.map(({ subject, message }) => `${subject}: ${message}`).join('; '));
    }
    return this.stage.connected();
  }

  async tearDown(): Promise<void> {
    for (const substrate of this.#substrates.values()) await substrate.close();
    this.#substrates.clear();
    await this.stage.tearDown();
  }

  /** @throws before the design is up. */
  substrate(host: number): Substrate {
    const found = this.#substrates.get(host);
    if (!found) throw new Error(`${this.name} is not up`);
    return found;
  }

  /** The longest time that a link between the guests' hosts took until it carried both ways, by what the two ends measured. */
  async linkSetUpMs(): Promise<number> {
    const ends = await Promise.all([1, 2].map(async (host) => (await this.substrate(host).vnet.current()).links));
    const between = ends.flat().filter(({ link }) => link.peer === 'host-1' || link.peer === 'host-2');
    return Math.max(...between.map(({ setUpMs }) => setUpMs ?? Number.NaN));
  }

  /** The table of a host. */
  rules(host: number, route: Route = this.#variant.route): Rule[] {
    const needed = this.#variant.hosts.includes(3) ? starRules(host, route) : pairRules(host);
    return [...needed, ...(this.#variant.moreRules?.(host) ?? [])];
  }

  #state(host: number): HostState {
    return {
      host: `host-${host}`,
      generation: 1,
      samplingIntervalMs: 1000,
      networks: [network],
      links: this.#variant.hosts.filter((peer) => peer !== host).map((peer) => this.#variant.link(host, peer)),
      guests: host === 3 ? [] : [guestSpec(host)],
      departures: [],
      removals: [],
      rules: this.rules(host),
    };
  }
}

const port = (guest: number): Output => ({ kind: 'port', guest: `g${guest}` });
const link = (peer: number): Output => ({ kind: 'link', peer: `host-${peer}` });

export function rule(source: Rule['source'], destination: Rule['destination'], ...to: Output[]): Rule {
  return { network: network.name, source, destination, to } as Rule;
}

/** The star of host 3, and in `direct` the fast path that saves the two guests the way over it. */
function starRules(host: number, route: Route): Rule[] {
  if (host === 3)
    return [...[1, 2].map((n) => rule('any', guestMac(n), link(n))), rule('any', 'group', link(1), link(2))];
  const other = 3 - host;
  const fastPath = rule(guestMac(host), guestMac(other), link(other));
  return [
    rule('any', guestMac(host), port(host)),
    rule('any', 'any', link(3)),
    rule('any', 'group', port(host), link(3)),
    ...(route === 'direct' ? [fastPath] : []),
  ];
}

/** Two hosts and nothing else. */
function pairRules(host: number): Rule[] {
  const other = 3 - host;
  return [
    rule('any', guestMac(host), port(host)),
    rule(guestMac(host), guestMac(other), link(other)),
    rule('any', 'group', port(host), link(other)),
  ];
}

/** `count` rules for pairs of addresses that no guest has. */
export function idleRules(host: number, count: number): Rule[] {
  const mac = (first: number, n: number): string =>
    [0x02, first, n >> 24, n >> 16, n >> 8, n].map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':');
  const peer = host === 1 ? 2 : 1;
  return Array.from({ length: count }, (_, n) => rule(mac(0xaa, n), mac(0xbb, n), link(peer)));
}
