import type { LinkEnd } from '../../../schema/generated/types.js';
import type { DetachedProcess } from '../../linux/detached-process.js';
import type { PumpStatus } from './pump-status.js';
import { pumpTrouble, remedyFor } from './pump-trouble.js';
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
  if (pump.pid === undefined) return stopped('virtuoso-pump', pump, (said) => remedyFor(link, said));
  if (status?.state === 'connected') return undefined;
  if (link.type !== 'ssh' || link.role === 'listen' || status?.state === 'refused') return pumpTrouble(link, status);
  return serverTrouble(link, facts) ?? pumpTrouble(link, status);
}

/** What keeps the SSH client from forwarding. */
function serverTrouble({ peer, remote, ssh: server }: LinkEnd, facts: StreamFacts): string | undefined {
  const { ssh, host, publicKey } = facts;
  const login = `${server?.user}@${remote}`;
  const context = { host, peer, login, port: server?.port ?? 22, publicKey, group: sshGroup };
  const said = sshTrouble(ssh.lastLines(), context);
  if (said !== undefined) return said;
  return ssh.pid === undefined && ssh.lastEnd !== undefined ? stopped('ssh', ssh) : undefined;
}

function stopped(program: string, seen: Seen, remedy: (said: string) => string | undefined = () => undefined): string {
  const last = seen.lastLines().at(-1) ?? '';
  const what = `${program} ${seen.lastEnd ?? 'does not run'}${last && ` (${last})`}; it is started again.`;
  return [what, remedy(last) ?? []].flat().join(' ');
}
