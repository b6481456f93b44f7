import { join } from 'node:path';
import { type LabNames, labNames } from '../lab/names.js';
import { type LabProcess, startProcess } from '../lab/process.js';
import { control } from '../lab/topology.js';
import { packageRoot } from '../package-root.js';

/** Ports inside the lab's control namespace. */
export const labPorts = { hub: 7443, api: 8080 } as const;

export const labApi = `http://127.0.0.1:${labPorts.api}`;

/** Where a lab keeps what belongs to its reconciler and to each agent. */
export function labFolders(lab: string) {
  const { folder } = labNames(lab);
  return {
    repository: join(folder, 'repository'),
    reconciler: join(folder, 'reconciler'),
    agent: (host: string) => join(folder, 'agents', host),
    sshKey: (host: string) => join(folder, 'agents', host, 'ssh'),
  };
}

/** The reconciler as a process of its own in the control namespace; `traces`: where it keeps what agents record. */
export function startLabReconciler(names: LabNames, traces?: string): Promise<LabProcess> {
  const { repository, reconciler } = labFolders(names.lab);
  return virtuoso(names, names.control, 'reconciler', [
    ...['reconcile', '--repository', repository, '--state', reconciler],
    ...['--hub-host', control.address, '--hub-port', String(labPorts.hub), '--api-port', String(labPorts.api)],
    ...(traces === undefined ? [] : ['--traces', traces]),
  ]);
}

/** The agent of one host as a process of its own in the host's namespace. */
export function startLabAgent(names: LabNames, host: string, hubKey: string, isTraced: boolean): Promise<LabProcess> {
  return virtuoso(names, names.host(host), host, [
    ...['agent', 'run', host, '--lab', names.lab, '--state', labFolders(names.lab).agent(host)],
    ...['--hub', `wss://${control.address}:${labPorts.hub}`, '--hub-key', hubKey],
    ...(isTraced ? ['--trace', '*'] : []),
  ]);
}

function virtuoso(names: LabNames, namespace: string, log: string, args: string[]): Promise<LabProcess> {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  return startProcess(names, { namespace, command: process.execPath, args: [main, ...args], log });
}
