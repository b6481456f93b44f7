import { converge } from '../../../agents/converge.js';
import { ip } from '../../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../../agents/linux/namespace.js';
import { netnsSubstrate } from '../../../agents/netns-substrate.js';
import type { Substrate } from '../../../agents/substrate.js';
import { down } from '../../../lab/down.js';
import { type LabNames, labNames } from '../../../lab/names.js';
import { labSubstrateOptions } from '../../../lab/substrate.js';
import { up } from '../../../lab/up.js';
import type { GuestSpec, NetworkAttachment } from '../../../schema/generated/types.js';
import { linkTo, type Star, type StarHost, starHost } from '../../../test/agents/star.js';
import { oneSite } from '../../../test/lab/lab-world.js';
import { labPrefix } from '../../vnet/sweep.js';

const hostCount = 4;

export const firstAddress = '10.98.0.1';
const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** Address of the guest of a rank. */
export const macOf = (rank: number): string => `02:00:00:00:01:${hex(rank)}`;

function guestSpec(rank: number): GuestSpec {
  const address = `10.98.0.${rank + 1}/24`;
  const shape = { driver: 'netns', computeCores: 0.1, memoryMib: 64 } as const;
  return { name: `vm-${rank + 1}`, network: 'bench', mac: macOf(rank), address, ...shape };
}

/** Guests on four hosts of one site, with a link between any two of them; this process is the agent of every host. */
export class GuestFleet {
  readonly names: LabNames;
  readonly substrates = new Map<string, Substrate>();
  /** Names, by rank. */
  readonly guests: string[];
  readonly #star: Star;

  constructor(id: string, guestCount: number) {
    this.names = labNames(`${labPrefix}${process.pid}-${id}`);
    const specs = Array.from({ length: guestCount }, (_, rank) => guestSpec(rank));
    this.guests = specs.map(({ name }) => name);
    const hosts = oneSite(hostCount).hosts.map(({ name }) => name);
    const address = (host: string): string => `10.0.0.${hosts.indexOf(host) + 1}`;
    const neighbours = specs.map(({ mac, address }) => ({ mac, address: address?.split('/')[0] ?? '' }));
    const network: NetworkAttachment = { name: 'bench', vni: 77, mtu: 1450, proxy: 'host-1', neighbours };
    this.#star = {
      network,
      hosts,
      placement: specs.map((guest, rank) => ({ guest, host: hosts[rank % hostCount] ?? '' })),
      linkEnd: (host, peer) => ({ peer, type: 'udp', local: address(host), remote: address(peer) }),
    };
  }

  /** @throws if it cannot be brought up. */
  async setUp(): Promise<void> {
    const built = await up(this.names.lab, oneSite(hostCount));
    if (built.kind === 'refused') throw new Error(built.message);
    for (const host of this.#star.hosts) {
      const substrate = await netnsSubstrate(labSubstrateOptions(this.names, host));
      this.substrates.set(host, substrate);
      const order = { host, generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
      const faults = await converge(substrate, { ...order, ...this.#state(host) });
      if (faults.length > 0) throw new Error(faults.map(({ subject, message }) => `${subject}: ${message}`).join('; '));
    }
    for (const guest of this.guests) this.#introduce(guest);
  }

  /** The star, and fast paths past its middle. */
  #state(host: string): StarHost {
    const { hosts, placement, linkEnd, network } = this.#star;
    const state = starHost(this.#star, host);
    if (host === network.proxy) return state;
    const rules = placement
      .filter((each) => each.host !== host && each.host !== network.proxy)
      .map((each) => ({ network: network.name, source: 'any', destination: each.guest.mac, to: [linkTo(each.host)] }));
    const links = hosts.filter((peer) => peer !== host).map((peer) => linkEnd(host, peer));
    return { ...state, links, rules: [...state.rules, ...rules] };
  }

  /** Tells a guest of all others. All guests of a machine share one table of neighbours, which holds 1024 that are asked for. */
  #introduce(guest: string): void {
    const neighbours = (this.#star.network.neighbours ?? []).map(
      ({ address, mac }) => `neigh replace ${address} lladdr ${mac} dev eth0 nud permanent`,
    );
    const inside = new NetworkNamespace(namespacePath(this.names.guest(guest)));
    const failed = inside.within(() => ip(neighbours));
    inside.close();
    if (failed) throw new Error(failed.message);
  }

  async tearDown(): Promise<void> {
    for (const substrate of this.substrates.values()) await substrate.close();
    const left = Object.values(await down(this.names.lab)).flat();
    if (left.length > 0) throw new Error(`${this.names.lab} left behind: ${left.join(', ')}`);
  }
}
