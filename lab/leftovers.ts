import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { interfaceNames } from '../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../agents/linux/namespace.js';
import { processesInNamespaces, processesWithEnvironment } from '../agents/linux/processes.js';
import { loadedCores } from '../agents/vnet/loaded-cores.js';
import { isOfLab, labNames, memberVariable } from './names.js';

/** What exists of a lab. */
export interface Leftovers {
  namespaces: string[];
  /** Devices in those namespaces, as `namespace/device`. */
  links: string[];
  processes: number[];
  /** Owners of BPF cores in the kernel: `lab/host`. */
  cores: string[];
  mounts: string[];
  folders: string[];
}

/** Looks for everything that belongs to a lab, by name alone. All lists are empty when it is down. */
export function leftovers(lab: string): Leftovers {
  const { folder } = labNames(lab);
  const namespaces = labNamespaces(lab);
  return {
    namespaces,
    links: namespaces.flatMap((namespace) => linksIn(namespace)),
    processes: labProcesses(lab),
    cores: loadedCores().filter((owner) => owner.startsWith(`${lab}/`)),
    mounts: mountsUnder(folder),
    folders: existsSync(folder) ? [folder] : [],
  };
}

export function isEmpty(found: Leftovers): boolean {
  return Object.values(found).every((list: unknown[]) => list.length === 0);
}

export function labNamespaces(lab: string): string[] {
  if (!existsSync('/run/netns')) return [];
  return readdirSync('/run/netns')
    .filter((name) => isOfLab(lab, name))
    .sort();
}

/** Processes in the lab's namespaces, and those that were started for the lab anywhere. */
export function labProcesses(lab: string): number[] {
  const inside = processesInNamespaces(labNamespaces(lab).map(namespacePath));
  return [...new Set([...inside, ...processesWithEnvironment(memberVariable(lab))])].sort((a, b) => a - b);
}

/** Mount points at or under a folder, the deepest first. */
export function mountsUnder(folder: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}

function linksIn(namespace: string): string[] {
  let entered: NetworkNamespace;
  try {
    entered = new NetworkNamespace(namespacePath(namespace));
  } catch {
    return []; // it is going away, or its name is all that is left of it
  }
  try {
    return entered.within(interfaceNames).map((device) => `${namespace}/${device}`);
  } finally {
    entered.close();
  }
}
