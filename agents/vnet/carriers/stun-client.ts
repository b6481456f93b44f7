import { readFileSync } from 'node:fs';
import type { LinkEnd } from '../../../schema/generated/types.js';
import type { DetachedProcess } from '../../linux/detached-process.js';

/** A `stun` link that says what it has to. */
export type StunLink = LinkEnd & Required<Pick<LinkEnd, 'stun' | 'port'>>;

/** What virtuoso-stun says of the port that it holds. */
export interface StunStatus {
  pid: number;
  /** `asking`: the server does not answer, and the mapping is the last that it told, if there is one. */
  state: 'known' | 'asking';
  /** Empty before the first answer. */
  publicAddress: string;
  publicPort: number;
  /** Why there is no answer; empty while nothing is wrong. */
  detail: string;
}

/** What of a link's client decides how it is. */
export type ClientView = Pick<DetachedProcess, 'pid' | 'lastEnd' | 'lastLines'>;

/** What the client says; undefined before it has said anything. */
export function stunStatus(path: string, { pid }: ClientView): StunStatus | undefined {
  try {
    const status = JSON.parse(readFileSync(path, 'utf8')) as StunStatus;
    return status.pid === pid ? status : undefined; // else it is what an earlier one said
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Why the link does not carry, as far as this end can know, and what to do. */
export function stunTrouble(
  { peer, local, port, remotePort }: StunLink,
  { address, port: serverPort }: StunLink['stun'],
  client: ClientView,
  status: StunStatus | undefined,
): string | undefined {
  if (client.pid === undefined) {
    const why = client.lastLines().at(-1) ?? client.lastEnd ?? 'it was killed';
    return `UDP port ${port} of ${local} is not held: ${why}. It is tried again; if another program has the port, write another.`;
  }
  if (status?.state !== 'known') {
    const why = status?.detail ? `: ${status.detail}` : ' yet';
    return `The STUN server ${address}:${serverPort} has not answered${why}. Check that it runs, and that firewalls let UDP from ${local}:${port} to it through.`;
  }
  if (remotePort === undefined)
    return `Waiting for the peer's address: ${peer} has not told yet how its NAT shows it. If this lasts, look at what its agent reports.`;
  return undefined;
}
