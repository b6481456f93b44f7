import { converge } from '../../../agents/converge.js';
import type { EmulatedFleet, EmulatedFleetOptions, Probe } from '../../../agents/emulated/emulated-fleet.js';
import type { Departure, Fault, LinkEnd } from '../../../schema/generated/types.js';
import { type Sent, type Streamed, station, type Volume, type World } from '../contract/stage.js';
import { guestSpec, type Star, type StarHost, starHost } from '../star.js';

/** Time that tests move by hand. */
export class Clock {
  ms = 1_000_000;
  readonly read = (): number => this.ms;
}

export function linkEnd(host: string, peer: string): LinkEnd {
  const address = (name: string) => `192.0.2.${name.slice('host-'.length)}`;
  return { peer, type: 'udp', local: address(host), remote: address(peer), stamped: true };
}

/** `host-1`, `host-2`, ... */
export function hostNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `host-${i + 1}`);
}

/** Hosts behind one switch that limits nothing but their interfaces. */
export function flatUnderlay(count: number, interfaceMbps = 1000): Omit<EmulatedFleetOptions, 'nowMs'> {
  const hosts = hostNames(count).map((name) => ({ name, computeCores: 4, internalMbps: 10_000 }));
  const resources = hosts.flatMap(({ name }) => [
    { name: `${name} out`, capacityMbps: interfaceMbps },
    { name: `${name} in`, capacityMbps: interfaceMbps },
  ]);
  const edges = hosts.flatMap((_, from) =>
    hosts.flatMap((_, to) => (from === to ? [] : [{ from, to, resources: [2 * from, 2 * to + 1], latencyMs: 2 }])),
  );
  return { hosts, resources, edges, seed: 1 };
}

/** The seed's Fig. 14: host-1 to 3 at 100 Mb/s, host-4 to 6 at 1000 Mb/s, 10 Mb/s each way between the two domains. */
export function fig14Underlay(): Omit<EmulatedFleetOptions, 'nowMs'> {
  const flat = flatUnderlay(6);
  const isNear = (host: number) => host < 3;
  const resources = flat.resources.map(({ name }, i) => ({ name, capacityMbps: isNear(i / 2) ? 100 : 1000 }));
  const trunk = resources.length;
  resources.push({ name: 'wan 1-2', capacityMbps: 10 }, { name: 'wan 2-1', capacityMbps: 10 });
  const edges = flat.edges.map((edge) => {
    const from = Number(edge.from);
    if (isNear(from) === isNear(Number(edge.to))) return edge;
    return { ...edge, resources: [...edge.resources, isNear(from) ? trunk : trunk + 1], latencyMs: 10 };
  });
  return { ...flat, resources, edges };
}

/** A star over all hosts with `vm-1`, `vm-2`, ... on the hosts listed; its Proxy is the first. */
export function starOver(hosts: string[], guestHosts: string[], network = 'lan'): Star {
  const [proxy = ''] = hosts;
  const placement = guestHosts.map((host, i) => ({ guest: guestSpec(i + 1, network), host }));
  return { network: { name: network, vni: 7, mtu: 1450, proxy }, hosts, placement, linkEnd };
}

export function convergeHost(
  fleet: EmulatedFleet,
  host: string,
  state: StarHost,
  departures: Departure[] = [],
  removals: string[] = [],
): Promise<Fault[]> {
  const order = { host, generation: 1, samplingIntervalMs: 1000, departures, removals };
  return converge(fleet.substrate(host), { ...order, ...state });
}

/** Brings all hosts to a star. Throws on any fault. */
export async function buildStar(fleet: EmulatedFleet, star: Star): Promise<void> {
  for (const host of star.hosts) {
    const faults = await convergeHost(fleet, host, starHost(star, host));
    if (faults.length > 0) throw new Error(JSON.stringify(faults));
  }
}

/** An emulated fleet as the substrate contract sees it. */
export function contractWorld(fleet: EmulatedFleet, clock: Clock, hosts: string[], volume: Volume): World {
  const send = (frame: Sent): Probe =>
    frame.from === station ? fleet.sendFromLan('lan', frame.source ?? '', frame.to) : fleet.send(frame.from, frame.to);
  const exchange = async (frames: readonly Sent[]) =>
    frames.map((frame) => {
      const { deliveries, lanCopies } = send(frame);
      return [...deliveries, [station, lanCopies] as const].flatMap(([name, copies]) =>
        Array<string>(copies).fill(name),
      );
    });
  return {
    hosts,
    lan: 'lan0',
    volume,
    linkEnd,
    substrate: (host) => fleet.substrate(host),
    exchange,
    stream: async (from, destinations, task) => {
      const streamed: Streamed[] = [];
      let isOver = false;
      const done = task().finally(() => {
        isOver = true;
      });
      for (let n = 0; !isOver; n++) {
        const to = destinations[n % destinations.length] ?? '';
        streamed.push({ to, deliveredTo: (await exchange([{ from, to }])).flat() });
      }
      await done;
      return streamed;
    },
    cut: async (a, b, isCut) => (isCut ? fleet.cutLink(a, b) : fleet.healLink(a, b)),
    wait: async (ms) => {
      clock.ms += ms;
    },
    restart: (host) => fleet.substrate(host).close(),
    close: async () => {
      for (const host of hosts) await fleet.substrate(host).close();
    },
  };
}
