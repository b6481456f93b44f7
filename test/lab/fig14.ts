import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { labFolders } from '../../cli/lab-process.js';
import { type LabRun, labStatus } from './lab-run.js';

/** What Fig. 14 is made of, in the example of this repository. */
export const hosts = [1, 2, 3, 4, 5, 6].map((n) => `host-${n}`);
export const guests = [1, 2, 3, 4].map((n) => ({ name: `vm-${n}`, address: `10.77.0.${n}` }));
export const broadcast = '10.77.0.255';

const domain1 = ['host-1', 'host-2', 'host-3'];
const domain2 = ['host-4', 'host-5', 'host-6'];

/** Whether the VMs that talk much are in the domain that is fast, and the other one in the other. */
export function isPlaced(places: ReadonlyMap<string, string>): boolean {
  return guests.every(({ name }) => (name === 'vm-4' ? domain1 : domain2).includes(places.get(name) ?? ''));
}

/** Lines of the inventory that the run was given which say what the network carries. */
export function statedBandwidths({ names }: LabRun): string[] {
  const inventory = join(labFolders(names.lab).repository, 'inventory');
  const lines = ['hosts.yaml', 'network.yaml'].flatMap((file) =>
    readFileSync(join(inventory, file), 'utf8').split('\n'),
  );
  return lines.filter((line) => /bandwidth:|\d *[KMG]bps/i.test(line));
}

/** The run ends as the seed's figure does: at least ten times as much, with no connection broken and nothing left. */
export async function expectRight(run: LabRun): Promise<void> {
  expect(await run.ended, run.told()).toBe(0);
  const { mapping, before, after, brokenConnections, statusCommit } = run.result();
  expect(isPlaced(new Map(Object.entries(mapping))), `${JSON.stringify(mapping)}\n${run.told()}`).toBe(true);
  expect(new Set(Object.values(mapping)).size).toBe(guests.length);
  expect(after.throughputMbps / before.throughputMbps).toBeGreaterThanOrEqual(10);
  expect(brokenConnections).toBe(0);
  expect(statusCommit).toMatch(/^[0-9a-f]{40}$/);
  const nothing = { namespaces: [], links: [], processes: [], cores: [], mounts: [], folders: [] };
  expect(labStatus(run.names.lab)).toEqual(nothing);
}
