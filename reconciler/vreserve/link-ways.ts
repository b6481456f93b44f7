import type { LinkEnd } from '../../schema/generated/types.js';
import {
  encrypts,
  type LinkWay,
  type Opening,
  unasked,
  vxlanPort,
} from '../../schema/link-policy/why-not-permitted.js';

/** What policies judge of a link with these ends: `a` is installed on the host at site a. */
export function wayOf(a: LinkEnd, b: LinkEnd): LinkWay {
  const { type } = a;
  const both: Opening[] = [
    { from: 'a', port: portOpened(a, b) },
    { from: 'b', port: portOpened(b, a) },
  ];
  const openings = unasked.has(type) ? both : both.filter(({ from }) => (from === 'a' ? a : b).role !== 'listen');
  return { type, isEncrypted: encrypts(type, a.http?.secure !== false), openings };
}

/** Where the far end is reached. */
function portOpened(near: LinkEnd, far: LinkEnd): number | null {
  if (near.type === 'udp') return far.port ?? vxlanPort;
  return near.ssh?.port ?? far.port ?? (near.type === 'ssh' ? sshPort : null);
}

const sshPort = 22;
