import { join } from 'node:path';
import { sshKey } from '../agents/vnet/carriers/ssh-key.js';
import { labNames } from '../lab/names.js';
import { sshServerKey, startSshServer } from '../lab/ssh-server.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';
import { loadIdentity } from '../wire/identity.js';
import { makeDemoRepository } from './demo-repository.js';
import { labFolders, startLabAgent, startLabReconciler } from './lab-process.js';
import { Supervised } from './supervised.js';

/** Everything of a lab that runs as a process, each started again when it ends unasked. */
export interface LabFleet {
  reconciler: Supervised;
  /** By host. */
  agents: Map<string, Supervised>;
  /** By host: SSH servers that links of type `ssh` go through. */
  sshServers: Map<string, Supervised>;
  /** How often something ended unasked. */
  restarts(): number;
  end(): Promise<void>;
}

export interface LabFleetOptions {
  lab: string;
  example: string;
  /** Whether the inventory may say what the network carries. */
  nominal: boolean;
  /** Absolute path of the folder for traces of all links; none are recorded when left out. */
  traces?: string | undefined;
  seed?: number | undefined;
}

/** Makes the example's repository, with the keys of this lab, and starts reconciler, agents and SSH servers of a lab that is up. */
export async function startLabFleet(
  { lab, example, nominal, traces, seed }: LabFleetOptions,
  inventory: Snapshot,
): Promise<LabFleet> {
  const names = labNames(lab);
  const folders = labFolders(lab);
  const hosts = inventory.hosts.map(({ name }) => name);
  const pins = new Map<string, string>();
  for (const host of hosts) {
    pins.set(host, (await loadIdentity(join(folders.agent(host), 'identity'), host, Date.now())).pin);
  }
  const servers = inventory.hosts.filter(({ ssh }) => ssh !== null).map(({ name }) => name);
  const sshKeys = new Map(servers.map((host) => [host, sshServerKey(names, host)]));
  await makeDemoRepository({ example, directory: folders.repository, pins, sshKeys, nominal, seed });
  const hub = await loadIdentity(join(folders.reconciler, 'identity'), 'reconciler', Date.now());
  const agentKeys = servers.length === 0 ? [] : hosts.map((host) => sshKey(folders.sshKey(host), host).publicKey);
  const start = async (of: readonly string[], each: (host: string) => ReturnType<typeof startLabAgent>) =>
    new Map(await Promise.all(of.map(async (host) => [host, await Supervised.start(() => each(host))] as const)));
  const sshServers = await start(servers, (host) => startSshServer(names, host, agentKeys));
  const reconciler = await Supervised.start(() => startLabReconciler(names, traces));
  const agents = await start(hosts, (host) => startLabAgent(names, host, hub.pin, traces !== undefined));
  const all = [reconciler, ...agents.values(), ...sshServers.values()];
  return {
    reconciler,
    agents,
    sshServers,
    restarts: () => all.reduce((sum, { restarts }) => sum + restarts, 0),
    end: async () => {
      await Promise.all(all.map((each) => each.end()));
    },
  };
}
