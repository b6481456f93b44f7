import { randomBytes } from 'node:crypto';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import { groupMac } from '../../agents/vnet/layout.js';
import { down } from '../../lab/down.js';
import { labNamespaces } from '../../lab/leftovers.js';
import type { LabNames } from '../../lab/names.js';
import { labSubstrateOptions } from '../../lab/substrate.js';
import type { LabTopology } from '../../lab/topology.js';
import { up } from '../../lab/up.js';
import type { World } from '../agents/contract/stage.js';
import { compileFrames, type Frames } from './frames.js';

/** A lab in which the test itself is the agent of every host. */
export interface LabWorld extends World {
  names: LabNames;
  frames: Frames;
}

/** A name that no other test has. */
export const randomLab = (): string => `test-${randomBytes(4).toString('hex')}`;

/** `count` hosts of one site at `rateMbps`, 10.0.0.1 and so on. */
export function oneSite(count: number, rateMbps?: number): LabTopology {
  const hosts = Array.from({ length: count }, (_, index) => ({
    name: `host-${index + 1}`,
    site: 'site',
    interfaces: [
      {
        name: 'eth0',
        network: 'wan',
        address: `10.0.0.${index + 1}/24`,
        ...(rateMbps === undefined ? {} : { rateMbps }),
      },
    ],
  }));
  return { hosts, trunks: [] };
}

export async function labWorld(topology: LabTopology): Promise<LabWorld> {
  const lab = randomLab();
  const result = await up(lab, topology);
  if (result.kind === 'refused') {
    await down(lab);
    throw new Error(result.message);
  }
  const { names } = result;
  const frames = compileFrames();
  const open = (host: string): Promise<Substrate> => netnsSubstrate(labSubstrateOptions(names, host));
  const substrates = new Map<string, Substrate>();
  for (const { name } of topology.hosts) substrates.set(name, await open(name));
  const substrate = (host: string): Substrate => {
    const found = substrates.get(host);
    if (!found) throw new Error(`no host ${host}`);
    return found;
  };
  const address = (host: string): string =>
    topology.hosts.find(({ name }) => name === host)?.interfaces[0]?.address.split('/')[0] ?? '';
  return {
    names,
    frames,
    hosts: topology.hosts.map(({ name }) => name),
    substrate,
    linkEnd: (host, peer) => ({ peer, type: 'udp', local: address(host), remote: address(peer) }),
    send: async (guest, to) => {
      const prefix = names.guest('');
      const guests = labNamespaces(lab)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length));
      const counts = frames.send(to === 'group' ? groupMac : to, names.guest(guest), guests.map(names.guest));
      return { deliveredTo: guests.flatMap((name, index) => Array<string>(counts[index] ?? 0).fill(name)) };
    },
    restart: async (host) => {
      await substrate(host).close();
      substrates.set(host, await open(host));
    },
    close: async () => {
      for (const each of substrates.values()) await each.close();
      frames.close();
      const left = await down(lab);
      if (Object.values(left).some((list) => list.length > 0)) throw new Error(`left behind: ${JSON.stringify(left)}`);
    },
  };
}
