import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Agent } from '../agents/agent.js';
import type { Vsched } from '../agents/substrate.js';
import { fileChangeLog } from '../agents/vsched/server/change-log.js';
import { HostProcesses } from '../agents/vsched/server/host-processes.js';
import { hostUserIds } from '../agents/vsched/server/user-ids.js';
import { serveVsched } from '../agents/vsched/server/vsched-server.js';
import type { Identity } from '../wire/identity.js';
import type { Listener } from '../wire/listen.js';

export interface VschedListenOptions {
  at: { host: string; port: number };
  agent: Pick<Agent, 'operators'>;
  vsched: Vsched;
  /** Of the agent. */
  identity: Identity;
  stateDirectory: string;
  log(level: 'info' | 'warn', message: string): void;
}

/**
 * Serves users of this machine, and notes in `vsched-changes.log` below the state directory who changed what.
 * @throws if the system does not let it listen there.
 */
export async function listenForUsers(options: VschedListenOptions): Promise<Listener> {
  const { at, agent, vsched, identity, stateDirectory, log } = options;
  const nowMs = () => Date.now();
  const changes = fileChangeLog(join(stateDirectory, 'vsched-changes.log'), new Date());
  const listener = await serveVsched({
    ...{ identity, at, vsched, nowMs, randomBytes, log },
    operators: () => agent.operators,
    processes: new HostProcesses(),
    userId: hostUserIds(nowMs),
    record: (change) => changes.write(change),
  }).catch((error: Error) => {
    changes.close();
    throw error;
  });
  log('info', `Users are served at ${listener.url}, under the key ${identity.pin}.`);
  return {
    url: listener.url,
    close: async () => {
      await listener.close();
      changes.close();
    },
  };
}
