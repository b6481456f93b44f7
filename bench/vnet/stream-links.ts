import type { LinkEnd } from '../../schema/generated/types.js';
import { hostAddress } from './stage.js';

/** What the ends of the links of one stage know of each other. */
export interface Keys {
  /** Pin of a host's agent. */
  pin(host: number): string;
  /** Of the SSH server of host 1. */
  sshHostKey?: string;
}

export type StreamKind = 'tcp' | 'tls' | 'http' | 'https' | 'ssh';

const port = 7400;

/** Host `host`'s end of a link that host 1 listens for. */
export function streamLink(kind: StreamKind, host: number, peer: number, keys: Keys): LinkEnd {
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
