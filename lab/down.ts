import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses } from '../agents/linux/processes.js';
import { isEmpty, type Leftovers, labNamespaces, labProcesses, leftovers, mountsUnder } from './leftovers.js';
import { labNames } from './names.js';

/** How long the kernel may take to give back what nothing refers to any more. */
const reclaimMs = 30_000;

/**
 * Ends and removes everything that belongs to a lab, in whatever state it is; may be repeated. Returns what could not be
 * removed: all lists are empty when all is gone.
 */
export async function down(lab: string): Promise<Leftovers> {
  const { folder } = labNames(lab);
  await endProcesses(() => labProcesses(lab));
  for (const namespace of labNamespaces(lab)) spawnSync('ip', ['netns', 'del', namespace], { stdio: 'ignore' });
  for (const point of mountsUnder(folder)) spawnSync('umount', [point], { stdio: 'ignore' });
  if (mountsUnder(folder).length === 0) rmSync(folder, { recursive: true, force: true });
  let found = leftovers(lab);
  for (let waitedMs = 0; !isEmpty(found) && waitedMs < reclaimMs; waitedMs += 50) {
    await sleep(50);
    found = leftovers(lab);
  }
  return found;
}
