import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StreamCarrier, type StreamCarrierOptions } from '../../../../agents/vnet/carriers/stream-carrier.js';
import type { TapDevices } from '../../../../agents/vnet/carriers/tap-devices.js';
import type { LinkEnd, NetworkAttachment } from '../../../../schema/generated/types.js';

export const network: NetworkAttachment = { name: 'red', vni: 7, mtu: 1400, proxy: 'hub' };

const key = `sha256:${'A'.repeat(43)}=`;
const hostKey = `ssh-ed25519 ${'A'.repeat(68)}`;

/** A link of each type and role, complete. */
export function linkTo(peer: string, type: LinkEnd['type'], role: 'listen' | 'connect', port = 7444): LinkEnd {
  const base: LinkEnd = { peer, type, role, local: '192.0.2.1', remote: '192.0.2.2' };
  if (type === 'ssh') return role === 'connect' ? { ...base, ssh: { user: 'virtuoso', hostKey } } : base;
  if (type === 'tls') return { ...base, port, peerKey: key };
  return type === 'http' ? { ...base, port, http: { secure: false, path: '/here' } } : { ...base, port };
}

export interface StandIn {
  folder: string;
  /** TAP devices that exist. */
  devices: Map<string, number>;
  /** The agent starts anew. */
  start(): StreamCarrier;
  /** Has the agent die at the step after `passes` more of them, before or after it took place; without one it lives. */
  dieAt(fate: { passes: number; after: boolean } | undefined): void;
}

class Death extends Error {}
export const isDeath = (error: unknown): boolean => error instanceof Death;

/** A host without network or root: devices are names in a set, programs sleep. `folder` holds everything. */
export function standIn(folder: string): StandIn {
  let fate: { passes: number; after: boolean } | undefined;
  const devices = new Map<string, number>();
  const step = <T>(take: () => T): T => {
    const isLast = fate !== undefined && fate.passes-- === 0;
    if (isLast && !fate?.after) throw new Death('before a step');
    const taken = take();
    if (isLast) throw new Death('after a step');
    return taken;
  };
  const taps: TapDevices = {
    provide: (device, mtu) => step(() => void devices.set(device, mtu)),
    resize: (names, mtu) => names.flatMap((name) => (devices.has(name) ? devices.set(name, mtu) : [])) && undefined,
    remove: (device) => step(() => void devices.delete(device)),
    present: () => [...devices.keys()],
  };
  const programs = join(folder, 'programs');
  mkdirSync(programs, { recursive: true });
  for (const name of ['pump', 'ssh']) {
    writeFileSync(join(programs, name), '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(join(programs, name), 0o755);
  }
  const options: StreamCarrierOptions = {
    host: 'here',
    namespace: { within: (task) => step(task) },
    folder: join(folder, 'streams'),
    tagsFile: join(folder, 'tags'),
    identity: { keyFile: join(folder, 'key.pem'), certificateFile: join(folder, 'certificate.pem') },
    sshKeyFolder: join(folder, 'ssh'),
    sshSocket: (host) => join(folder, 'sockets', host, 'ssh.sock'),
    keepAliveMs: () => 1000,
    pump: () => join(programs, 'pump'),
    random: () => 0,
    taps,
  };
  return {
    folder: options.folder,
    devices,
    start: () => new StreamCarrier(options),
    dieAt: (next) => {
      fate = next;
    },
  };
}
