import type { LinkEnd } from '../../../schema/generated/types.js';
import { isPinned } from './pump-command.js';
import { endName, linkKey } from './stream-end.js';

/** Bytes of a UNIX socket's path. */
const longestSocketPath = 107;

/** What keeps a link from being set up at all beside `others`, and what to do; undefined when nothing does. */
export function linkFault(
  link: LinkEnd,
  others: readonly LinkEnd[],
  sshSocket: (host: string) => string,
  host: string,
): string | undefined {
  const { type, role, peer } = link;
  const told = `The reconciler's state for the ${type} link to ${peer}`;
  if (role === undefined) return `${told} does not say which end listens: update the reconciler.`;
  if (type !== 'ssh' && link.port === undefined) return `${told} names no port: update the reconciler.`;
  if (isPinned(link) && link.peerKey === undefined)
    return `${told} has no key to pin: write agentKey into the Host ${peer}.`;
  if (type === 'ssh') return sshFault(link, sshSocket(role === 'connect' ? peer : host));
  const twin = role === 'listen' ? others.find((each) => sharesListener(each, link)) : undefined;
  if (twin && httpKind(twin) !== httpKind(link))
    return `It listens on ${link.local}:${link.port} like the link to ${twin.peer}, which has another path or security: give one of their paths another port.`;
  return undefined;
}

function sshFault({ role, peer, ssh }: LinkEnd, socket: string): string | undefined {
  if (role === 'connect' && !ssh) return `Nothing is known of the SSH server of ${peer}: write ssh into its Host.`;
  if (Buffer.byteLength(socket) > longestSocketPath)
    return `The UNIX socket ${socket} would have a path of more than ${longestSocketPath} bytes: shorten the name of the host or of the lab.`;
  return undefined;
}

const sharesListener = (a: LinkEnd, b: LinkEnd): boolean =>
  a.role === 'listen' && linkKey(a) !== linkKey(b) && endName(a) === endName(b);

const httpKind = (link: LinkEnd): string => `${isPinned(link)} ${link.http?.path ?? ''}`;
