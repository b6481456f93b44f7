import { join } from 'node:path';
import { sshKey } from '../../agents/vnet/carriers/ssh-key.js';
import { sshServerKey, startSshServer } from '../../lab/ssh-server.js';
import { labIdentity } from '../../lab/substrate.js';
import type { LinkEnd } from '../../schema/generated/types.js';
import { loadIdentity } from '../../wire/identity.js';
import { hostAddress } from './stage.js';
import { agentFolder, Virtuoso } from './virtuoso.js';

/** What the ends of the links of one stage know of each other. */
interface Keys {
  /** Pin of a host's agent. */
  pin(host: number): string;
  /** Of the SSH server of host 1. */
  sshHostKey?: string;
}

type StreamKind = 'tcp' | 'tls' | 'http' | 'https' | 'ssh';

const port = 7400;

/** Host `host`'s end of a link that host 1 listens for. */
function streamLink(kind: StreamKind, host: number, peer: number, keys: Keys): LinkEnd {
  const role = host < peer ? 'listen' : 'connect';
  const ends = { peer: `host-${peer}`, local: hostAddress(host), remote: hostAddress(peer), role } as const;
  const peerKey = keys.pin(peer);
  switch (kind) {
    case 'tcp':
      return { ...ends, type: 'tcp', port };
    case 'tls':
      return { ...ends, type: 'tls', port, peerKey };
    case 'http':
      return { ...ends, type: 'http', port, http: {} };
    case 'https':
      return { ...ends, type: 'http', port, http: { secure: true }, peerKey };
    case 'ssh':
      if (role === 'listen') return { ...ends, type: 'ssh' };
      return { ...ends, type: 'ssh', ssh: { user: 'root', hostKey: keys.sshHostKey ?? '' } };
  }
}

/** Two hosts joined by a link of this kind, each with an identity, and an SSH server where the link goes through one. */
export function streamDesign(kind: StreamKind, name: string): Virtuoso {
  const pins = new Map<number, string>();
  let sshHostKey: string | undefined;
  const keys = (): Keys => ({
    pin: (host) => pins.get(host) ?? '',
    ...(sshHostKey === undefined ? {} : { sshHostKey }),
  });
  return new Virtuoso({
    ...{ id: kind, name, encrypts: kind !== 'tcp' && kind !== 'http', hosts: [1, 2], route: 'direct' },
    link: (host, peer) => streamLink(kind, host, peer, keys()),
    prepare: async (stage) => {
      for (const n of [1, 2])
        pins.set(n, (await loadIdentity(join(agentFolder(stage, n), 'identity'), `host-${n}`, Date.now())).pin);
      if (kind !== 'ssh') return;
      const { keyFolder } = labIdentity(stage.names, agentFolder(stage, 2));
      sshHostKey = sshServerKey(stage.names, 'host-1');
      await startSshServer(stage.names, 'host-1', [sshKey(keyFolder, 'host-2').publicKey]);
    },
  });
}
