import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { LinkEnd } from '../../../schema/generated/types.js';
import { deviceIndex } from '../../linux/device.js';
import { type CommandFailure, ip } from '../../linux/ip.js';
import { setSysctls, withoutIpv6On } from '../../linux/sysctl.js';

/** A `wireguard` link that states its tunnel. */
export type WireguardLink = LinkEnd & Required<Pick<LinkEnd, 'wireguard' | 'port'>>;

/** What WireGuard adds to a packet over IPv4: outer IPv4 and UDP headers, its own header and tag. */
export const wireguardOverhead = 60;

/** What one peer has shown of itself. */
export interface PeerState {
  /** Seconds since the epoch; 0 before the first. */
  latestHandshake: number;
}

/** Unique on the machine: wireguard-go keeps the socket of each device in one folder, whatever namespace the device is in. */
export function wireguardDevice(owner: string): string {
  return `wg-${createHash('sha256').update(owner).digest('hex').slice(0, 11)}`;
}

/** Whether this kernel makes the device itself, in this thread's network namespace. */
export function addKernelDevice(device: string): boolean {
  return ip([`link add ${device} type wireguard`]) === undefined;
}

/** Gives the device its key, addresses, and exactly the peers of `links`, in this thread's network namespace. */
export function configureDevice(
  device: string,
  keyFile: string,
  mtu: number,
  links: readonly WireguardLink[],
): CommandFailure | undefined {
  const port = links[0]?.port ?? 0;
  const known = peers(device);
  if ('kind' in known) return known;
  const wanted = new Set(links.map(({ wireguard }) => wireguard.publicKey));
  const gone = [...known.keys()].filter((key) => !wanted.has(key)).flatMap((key) => ['peer', key, 'remove']);
  const kept = links.flatMap(({ wireguard, remote }) => [
    ...['peer', wireguard.publicKey, 'endpoint', `${remote}:${port}`, 'persistent-keepalive', '5'],
    ...['allowed-ips', `${wireguard.remote}/32`],
  ]);
  const set = wg(['set', device, 'listen-port', String(port), 'private-key', keyFile, ...gone, ...kept]);
  if (typeof set !== 'string') return set;
  setSysctls(withoutIpv6On(device));
  const addresses = [...new Set(links.map(({ wireguard }) => wireguard.local))];
  return ip([
    `link set ${device} mtu ${mtu} up`,
    ...addresses.map((address) => `addr replace ${address}/32 dev ${device}`),
    ...links.map(({ wireguard }) => `route replace ${wireguard.remote}/32 dev ${device} src ${wireguard.local}`),
  ]);
}

/** Peers of the device by public key. */
export function peers(device: string): Map<string, PeerState> | CommandFailure {
  const shown = wg(['show', device, 'latest-handshakes']);
  if (typeof shown !== 'string') return shown;
  const lines = shown.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [key = '', at = '0'] = line.split('\t');
      return [key, { latestHandshake: Number(at) }];
    }),
  );
}

export function removeDevice(device: string): CommandFailure | undefined {
  return deviceIndex(device) === undefined ? undefined : ip([`link del ${device}`]);
}

function wg(args: string[]): string | CommandFailure {
  const result = spawnSync('wg', args, { encoding: 'utf8' });
  if (result.error)
    return { kind: 'failed', message: `cannot run wg (${result.error.message}): apt install wireguard-tools` };
  if (result.status === 0) return result.stdout;
  return { kind: 'failed', message: `\`wg ${args.slice(0, 2).join(' ')}\`: ${result.stderr.trim()}` };
}
