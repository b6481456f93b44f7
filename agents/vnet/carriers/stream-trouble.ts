import type { LinkEnd } from '../../../schema/generated/types.js';
import type { DetachedProcess } from '../../linux/detached-process.js';
import type { PumpStatus } from './pump-status.js';
import { sshGroup } from './ssh-socket.js';
import { sshTrouble } from './ssh-trouble.js';

/** What is seen of a process. */
export type Seen = Pick<DetachedProcess, 'pid' | 'lastEnd' | 'lastLines'>;

/** What is seen of a link. */
export interface StreamFacts {
  host: string;
  status: PumpStatus | undefined;
  pump: Seen;
  ssh: Seen;
  publicKey(): string;
}

/** Why a stream link does not carry, and what to do; undefined while nothing is known to be wrong. */
export function streamTrouble(link: LinkEnd, facts: StreamFacts): string | undefined {
  const { pump, status } = facts;
  const { peer } = link;
  if (pump.pid === undefined) return stopped('virtuoso-pump', pump);
  if (status?.state === 'connected') return undefined;
  if (status?.state === 'refused')
    return `The link with ${peer} was refused: ${status.detail}. Compare what the inventory says of both hosts.`;
  if (link.role === 'listen') return awaited(link, status);
  if (link.type === 'ssh') return throughServer(link, facts);
  const to = `${link.remote}:${link.port}`;
  const through = link.http?.proxy === undefined ? '' : ` through the proxy ${link.http.proxy}`;
  const why = status ? ` (${status.detail})` : '';
  return `${peer} cannot be reached at ${to}${through}${why}: check that its agent runs and that firewalls let TCP port ${link.port} through.`;
}

function awaited(link: LinkEnd, status: PumpStatus | undefined): string {
  const where = link.type === 'ssh' ? "this host's SSH server" : `${link.local}:${link.port}`;
  const why = status?.detail ? ` (${status.detail})` : '';
  return `${link.peer} is not connected to ${where}${why}: its own report says why it cannot.`;
}

function throughServer({ peer, remote, ssh: server }: LinkEnd, facts: StreamFacts): string {
  const { ssh, status, host, publicKey } = facts;
  const login = `${server?.user}@${remote}`;
  const context = { host, peer, login, port: server?.port ?? 22, publicKey, group: sshGroup };
  const said = sshTrouble(ssh.lastLines(), context);
  if (said !== undefined) return said;
  if (ssh.pid === undefined && ssh.lastEnd !== undefined) return stopped('ssh', ssh);
  return `The link through the SSH server ${login} is not connected yet${status?.detail ? ` (${status.detail})` : ''}.`;
}

function stopped(program: string, { lastEnd, lastLines }: Seen): string {
  const last = lastLines().at(-1);
  return `${program} ${lastEnd ?? 'does not run'}${last === undefined ? '' : ` (${last})`}: it is started again.`;
}
