import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LabTopology } from '../lab/topology.js';
import { DirectorySource } from '../reconciler/adapters/directory-source.js';
import type { SnapshotHost } from '../reconciler/model/snapshot.js';
import { isDocumentPath } from '../schema/validate/select.js';
import { readInventory } from './inventory.js';
import { labTopology } from './lab-topology.js';

/** Of an example: the network as the lab plays it, in the place of what the inventory says of it. */
const played = 'lab/network.yaml';
const stated = 'inventory/network.yaml';

/** Whether the lab plays a network of its own, so that the inventory need not say what it carries. */
export const hasLabNetwork = (folder: string): boolean => existsSync(join(folder, played));

/** The lab that an example is played in; a text says what is wrong with the example. */
export async function readLabTopology(folder: string): Promise<LabTopology | string> {
  const isApart = hasLabNetwork(folder);
  const select = (path: string): boolean =>
    isApart ? path.startsWith('lab/') || (isDocumentPath(path) && path !== stated) : isDocumentPath(path);
  const inventory = await readInventory(new DirectorySource({ directory: folder, select }));
  if (typeof inventory === 'string') return inventory;
  return labTopology(isApart ? { ...inventory, hosts: inventory.hosts.map(withoutRates) } : inventory);
}

function withoutRates(host: SnapshotHost): SnapshotHost {
  return { ...host, interfaces: host.interfaces.map((each) => ({ ...each, rateMbps: null })) };
}
