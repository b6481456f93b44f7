import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { type MachineOptions, netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import { groupMac } from '../../agents/vnet/layout.js';
import type { CoreChoice } from '../../agents/vnet/probe-core.js';
import type { HostSchedulerOptions } from '../../agents/vsched/open-host-scheduler.js';
import { down } from '../../lab/down.js';
import { labNamespaces } from '../../lab/leftovers.js';
import type { LabNames } from '../../lab/names.js';
import { labSubstrateOptions } from '../../lab/substrate.js';
import { type LabTopology, lanSwitch } from '../../lab/topology.js';
import { up } from '../../lab/up.js';
import { type Sent, station, type Volume, type World } from '../agents/contract/stage.js';
import { compileFrames, type Frames, type Port, type RawFrame } from './frames.js';

/** A lab in which the test itself is the agent of every host. */
export interface LabWorld extends World {
  names: LabNames;
  frames: Frames;
  /** Sends one frame from a guest, to an address or to `group`. */
  send(guest: string, to: string): Promise<{ deliveredTo: string[] }>;
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

/** The world of the substrate contract: hosts of one site, and a LAN at the first. */
export function contractTopology(): LabTopology {
  return { ...oneSite(4), lans: [{ name: 'lan', host: 'host-1', device: 'lan0', address: '10.77.0.1/24' }] };
}

/** Frames that the contract sends through random tables: 8000, or as many as VIRTUOSO_CONTRACT_CASES says. */
const cases = Number(process.env.VIRTUOSO_CONTRACT_CASES ?? 8000);
const destinations = 250;
/** Two tables are tried together, each by frames of two guests to every destination. */
const volume: Volume = {
  tables: Math.ceil(cases / (2 * destinations)),
  destinations,
  frames: 4 * destinations,
  topologies: 5,
  rules: 2000,
  switches: 20,
};

/** Time between two frames of a stream. */
const periodUs = 200;

/**
 * @param core of all hosts, or of each
 * @param schedules what schedules on a host; left out: nothing
 * @param machines what machines of driver `qemu` are made from; left out: there are none
 */
export async function labWorld(
  topology: LabTopology,
  core: CoreChoice | ((host: string) => CoreChoice) = 'auto',
  schedules: (host: string) => HostSchedulerOptions | undefined = () => undefined,
  machines?: MachineOptions,
): Promise<LabWorld> {
  const lab = randomLab();
  const result = await up(lab, topology);
  if (result.kind === 'refused') {
    await down(lab);
    throw new Error(result.message);
  }
  const { names } = result;
  const frames = compileFrames();
  const coreOf = (host: string): CoreChoice => (typeof core === 'string' ? core : core(host));
  const open = (host: string): Promise<Substrate> =>
    netnsSubstrate({ ...labSubstrateOptions(names, host), core: coreOf(host), schedules: schedules(host), machines });
  const substrates = new Map<string, Substrate>();
  for (const { name } of topology.hosts) substrates.set(name, await open(name));
  const substrate = (host: string): Substrate => {
    const found = substrates.get(host);
    if (!found) throw new Error(`no host ${host}`);
    return found;
  };
  const address = (host: string): string =>
    topology.hosts.find(({ name }) => name === host)?.interfaces[0]?.address.split('/')[0] ?? '';
  /** All devices at which the world's frames begin and end, and who is there. */
  const portsOf = (): { places: string[]; ports: Port[] } => {
    const prefix = names.guest('');
    const guests = labNamespaces(lab).filter((name) => name.startsWith(prefix));
    const lans = (topology.lans ?? [])
      .slice(0, 1)
      .map(({ name }) => ({ namespace: names.lan(name), device: lanSwitch }));
    return {
      places: [...guests.map((name) => name.slice(prefix.length)), ...lans.map(() => station)],
      ports: [...guests.map((namespace) => ({ namespace, device: 'eth0' })), ...lans],
    };
  };
  const exchange = async (list: readonly Sent[]): Promise<string[][]> => {
    const { places, ports } = portsOf();
    const reached = await frames.exchange(
      ports,
      list.map((frame) => rawFrame(places, frame)),
    );
    return reached.map((at) => at.map((port) => places[port] ?? ''));
  };
  return {
    names,
    frames,
    hosts: topology.hosts.map(({ name }) => name),
    substrate,
    linkEnd: (host, peer) => {
      const ends = [host, peer].map((name) => topology.hosts.findIndex((each) => each.name === name)).sort();
      // The nftables core needs a UDP port for each link, and its peer has to use the same.
      const port = [host, peer].some((name) => coreOf(name) === 'nftables')
        ? { port: 5000 + Number(ends.join('')) }
        : {};
      return { peer, type: 'udp', local: address(host), remote: address(peer), ...port };
    },
    lan: topology.lans?.[0]?.device ?? '',
    volume,
    exchange,
    send: async (guest, to) => ({ deliveredTo: (await exchange([{ from: guest, to }])).flat() }),
    stream: async (from, destinations, task) => {
      const { places, ports } = portsOf();
      const list = destinations.map((to) => rawFrame(places, { from, to }));
      const reached = await frames.stream(ports, list, periodUs, task);
      return reached.map((at, n) => ({
        to: destinations[n % destinations.length] ?? '',
        deliveredTo: at.map((port) => places[port] ?? ''),
      }));
    },
    cut: async (a, b, isCut) => {
      for (const [host, peer] of [
        [a, b],
        [b, a],
      ] as const) {
        const namespace = new NetworkNamespace(namespacePath(names.host(host)));
        const failed = namespace.within(() =>
          ip([`rule ${isCut ? 'add' : 'del'} pref 1 to ${address(peer)} blackhole`]),
        );
        namespace.close();
        if (failed) throw new Error(failed.message);
      }
    },
    wait: async (ms) => {
      await sleep(ms);
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

function rawFrame(places: readonly string[], { from, to, source }: Sent): RawFrame {
  const port = places.indexOf(from);
  if (port < 0) throw new Error(`${from} is not there`);
  const frame = { port, to: to === 'group' ? groupMac : to };
  return source === undefined ? frame : { ...frame, source };
}
