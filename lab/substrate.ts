import { existsSync } from 'node:fs';
import { namespacePath } from '../agents/linux/namespace.js';
import type { NetnsSubstrateOptions } from '../agents/netns-substrate.js';
import type { LabNames } from './names.js';

/** What a lab host's agent needs to stand on: pass it to `netnsSubstrate`. */
export function labSubstrateOptions(names: LabNames, host: string): NetnsSubstrateOptions {
  return {
    host,
    owner: `${names.lab}/${host}`,
    stateFolder: names.stateFolder,
    pinFolder: names.pinFolder,
    hostNamespacePath: (name) => {
      const path = namespacePath(names.host(name));
      return existsSync(path) ? path : undefined;
    },
    guestNamespace: names.guest,
  };
}
