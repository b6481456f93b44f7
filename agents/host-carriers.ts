import { join } from 'node:path';
import type { Capabilities, LinkEnd } from '../schema/generated/types.js';
import { interfacesWithAddresses } from './linux/ip.js';
import type { NetworkNamespace } from './linux/namespace.js';
import type { Carrier } from './vnet/carrier.js';
import { probeLinkTypes } from './vnet/carriers/probe-link-types.js';
import { StreamCarrier } from './vnet/carriers/stream-carrier.js';
import { StunCarrier } from './vnet/carriers/stun-carrier.js';
import { UdpCarrier } from './vnet/carriers/udp-carrier.js';
import { WireguardCarrier } from './vnet/carriers/wireguard-carrier.js';
import { wireguardKey } from './vnet/carriers/wireguard-key.js';
import { nativeProgram } from './vnet/native-program.js';
import { objectFile } from './vnet/object-file.js';

/** What a host proves itself with to its peers. Without it there are only links that need no proof. */
export interface LinkIdentity {
  /** PEM files of the agent's identity. */
  keyFile: string;
  certificateFile: string;
  /** Where the keys are kept that SSH servers and WireGuard peers know the host by. */
  keyFolder: string;
  /** UNIX socket on which a host listens for its `ssh` links; the only thing in its folder. */
  sshSocket(host: string): string;
}

export interface HostCarriersOptions {
  host: string;
  /** Tells this host from others of the machine. */
  owner: string;
  namespace: NetworkNamespace;
  /** Where the host keeps what it has to remember. */
  folder: string;
  tagsFile: string;
  identity: LinkIdentity | undefined;
  keepAliveMs(): number;
}

export interface HostCarriers {
  carriers: Carrier[];
  capabilities: Pick<Capabilities, 'linkTypes' | 'wireguardKey'> & { lacks: string[] };
}

/** Every way in which this host can carry links, and what it lacks for the others. */
export function hostCarriers(options: HostCarriersOptions): HostCarriers {
  const { host, owner, namespace, folder, tagsFile, identity, keepAliveMs } = options;
  const udp = new UdpCarrier();
  if (!identity) return { carriers: [udp], capabilities: { linkTypes: ['udp'], lacks: [] } };
  const base = { namespace, random: Math.random };
  const streams = new StreamCarrier({
    ...base,
    ...{ host, tagsFile, keepAliveMs, identity, sshSocket: identity.sshSocket },
    folder: join(folder, 'streams'),
    sshKeyFolder: identity.keyFolder,
    pump: () => nativeProgram('pump'),
  });
  const interfaceWith = (address: string) =>
    namespace.within(interfacesWithAddresses).find(({ addr_info }) => addr_info.some(({ local }) => local === address));
  const wireguard = new WireguardCarrier({
    ...base,
    ...{ owner, nowMs: Date.now, keyFolder: identity.keyFolder },
    folder: join(folder, 'wireguard'),
    underlayMtu: (address) => interfaceWith(address)?.mtu,
  });
  const stun = new StunCarrier({
    ...base,
    folder: join(folder, 'stun'),
    underlayDevice: (address) => interfaceWith(address)?.ifname,
    client: () => nativeProgram('stun'),
    programs: () => objectFile(undefined, 'punch'),
  });
  const { linkTypes, lacks } = probeLinkTypes();
  const key = readKey(identity.keyFolder);
  const types: LinkEnd['type'][] = ['udp', ...linkTypes, ...(key.kind === 'key' ? (['wireguard'] as const) : [])];
  return {
    carriers: [udp, streams, wireguard, stun],
    capabilities: {
      linkTypes: types,
      lacks: [...lacks, ...(key.kind === 'key' ? [] : [`No wireguard links: ${key.message}`])],
      ...(key.kind === 'key' ? { wireguardKey: key.publicKey } : {}),
    },
  };
}

function readKey(folder: string): { kind: 'key'; publicKey: string } | { kind: 'none'; message: string } {
  try {
    return { kind: 'key', publicKey: wireguardKey(folder).publicKey };
  } catch (error) {
    return { kind: 'none', message: (error as Error).message };
  }
}
