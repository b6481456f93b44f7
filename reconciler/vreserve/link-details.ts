import type { LinkEnd } from '../../schema/generated/types.js';
import { standardPorts } from '../model/carriages.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Carriage, SnapshotHost } from '../model/snapshot.js';
import { slots } from './slots.js';

/** One end of a link, with the address of its underlay interface. */
export interface Place {
  host: SnapshotHost;
  address: string;
}

/** What is unique among the hosts of an inventory, and what is in effect on them. */
export interface Ground {
  /** Inside WireGuard tunnels, by host; in 100.96.0.0/11, which nobody routes. */
  innerAddress(host: string): string;
  /** UDP port of the one link between two hosts, where each link needs its own; undefined when there are too many hosts. */
  ownPort(a: string, b: string): number | undefined;
  inEffect: FleetState;
}

const ownPorts = { first: 20_000, count: 10_000 };
const innerAddresses = { first: ((100 << 24) | (96 << 16)) + 1, count: 2 ** 21 - 2 };

export function groundOf(hosts: readonly SnapshotHost[], inEffect: FleetState): Ground {
  const names = hosts.map(({ name }) => name);
  let inner: Map<string, number> | undefined;
  let ports: Map<string, number> | undefined;
  return {
    inEffect,
    innerAddress: (host) => {
      inner ??= slots(names, innerAddresses.count);
      return ipv4(innerAddresses.first + (inner.get(host) ?? 0));
    },
    // At one host the sums differ because the peers' slots do.
    ownPort: (a, b) => {
      ports ??= slots(names, ownPorts.count);
      const [slotA, slotB] = [ports.get(a), ports.get(b)];
      return slotA === undefined || slotB === undefined
        ? undefined
        : ownPorts.first + ((slotA + slotB) % ownPorts.count);
    },
  };
}

type Detail = (near: Place, far: Place, carriage: Carriage, ground: Ground) => Omit<Partial<LinkEnd>, 'type'>;

/** What the end of a link at `near` needs beside its addresses. `refusal` has found that it is there. */
export const linkDetails: Record<LinkEnd['type'], Detail> = {
  udp: (near, far, _carriage, ground) => {
    const port = needsOwnPort(near, far) ? ground.ownPort(near.host.name, far.host.name) : undefined;
    if (port !== undefined) return { port };
    return areStamped(near, far, ground) ? { stamped: true } : {};
  },
  tcp: (near, far, carriage) => ({ port: carriage.port ?? standardPorts.tcp, role: role(near, far, carriage) }),
  tls: (near, far, carriage) => ({
    port: carriage.port ?? standardPorts.tls,
    role: role(near, far, carriage),
    ...peerKey(far),
  }),
  ssh: (near, far, carriage) => {
    const { ssh } = far.host;
    return role(near, far, carriage) === 'connect' && ssh ? { role: 'connect', ssh } : { role: 'listen' };
  },
  http: (near, far, carriage) => {
    const { secure, path, proxy } = carriage.http;
    const own = role(near, far, carriage);
    return {
      port: carriage.port ?? standardPorts.http,
      role: own,
      ...(secure ? peerKey(far) : {}),
      // Told to the listening end too: what comes to it then has the proxy's address.
      http: { secure, path, ...(proxy !== null ? { proxy } : {}) },
    };
  },
  wireguard: (near, far, carriage, ground) => ({
    port: carriage.port ?? standardPorts.wireguard,
    wireguard: {
      publicKey: far.host.capabilities?.wireguardKey ?? '',
      local: ground.innerAddress(near.host.name),
      remote: ground.innerAddress(far.host.name),
    },
  }),
  stun: (near, far, carriage, ground) => {
    const port = carriage.port ?? standardPorts.stun;
    return { port, ...(carriage.stun ? { stun: carriage.stun } : {}), ...publicEnd(near, far, port, ground) };
  },
};

/** Why a link cannot be as its path asks, and what to do; null when it can. */
export function refusal(a: Place, b: Place, carriage: Carriage, ground: Ground): string | null {
  const { type } = carriage;
  for (const { host } of [a, b]) {
    const { name, capabilities } = host;
    if (capabilities && !capabilities.linkTypes.includes(type)) {
      const known = capabilities.linkTypes.join(', ') || 'none';
      return `the agent of host ${name} can set up ${known}. Install what its condition says it lacks, or write another type`;
    }
    if (type === 'wireguard' && !capabilities?.wireguardKey)
      return `the agent of host ${name} has not told its WireGuard key. Look at its log`;
    if ((type === 'tls' || (type === 'http' && carriage.http.secure)) && host.agentKey === null)
      return `Host ${name} has no agentKey to pin. Add it`;
  }
  const listener = role(a, b, carriage) === 'listen' ? a : b;
  if (type === 'ssh' && listener.host.ssh === null) return `Host ${listener.host.name} has no ssh. Add it`;
  if (type === 'stun' && carriage.stun === null) return 'its path names no STUN server. Add it';
  if (type === 'udp' && needsOwnPort(a, b) && ground.ownPort(a.host.name, b.host.name) === undefined)
    return `hosts without eBPF need a port for each link, and there are more than ${ownPorts.count} hosts. Use eBPF there`;
  return null;
}

function role(near: Place, far: Place, { listen }: Carriage): 'listen' | 'connect' {
  const [here, there] = [near.host.site === listen, far.host.site === listen];
  const listens = here === there ? near.host.name < far.host.name : here;
  return listens ? 'listen' : 'connect';
}

const needsOwnPort = (...places: Place[]) => places.some(({ host }) => host.capabilities?.core === 'nftables');

/** Only where both ends can. An agent that has not told yet, after a restart of the reconciler, goes on as it is. */
function areStamped(near: Place, far: Place, { inEffect }: Ground): boolean {
  const told = [near, far].map(({ host }) => host.capabilities?.stamps ?? (host.capabilities ? false : undefined));
  if (told.includes(false)) return false;
  if (told.every((stamps) => stamps === true)) return true;
  return inEffect.get(near.host.name)?.links.get(far.host.name)?.stamped === true;
}

const peerKey = ({ host }: Place) => (host.agentKey === null ? {} : { peerKey: host.agentKey });

/**
 * How the far end's NAT shows it, once its agent has found out. An agent that starts again does not know at first: what was known
 * stays in effect until it says otherwise.
 */
function publicEnd(near: Place, far: Place, port: number, { inEffect }: Ground): Partial<LinkEnd> {
  const shown = far.host.report?.endpoints?.find((each) => each.local === far.address && each.port === port);
  if (shown) return { remote: shown.publicAddress, remotePort: shown.publicPort };
  const before = inEffect.get(near.host.name)?.links.get(far.host.name);
  if (before?.type !== 'stun' || before.port !== port || before.remotePort === undefined) return {};
  return { remote: before.remote, remotePort: before.remotePort };
}

function ipv4(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
