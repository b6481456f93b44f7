import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LinkIdentity } from '../agents/host-carriers.js';
import { namespacePath } from '../agents/linux/namespace.js';
import type { NetnsSubstrateOptions } from '../agents/netns-substrate.js';
import { sshSocket } from '../agents/vnet/carriers/ssh-socket.js';
import type { LabNames } from './names.js';

/** What a lab host proves itself with: the identity in `folder`, and keys beside it. */
export function labIdentity(names: LabNames, folder: string): LinkIdentity {
  return {
    keyFile: join(folder, 'identity', 'key.pem'),
    certificateFile: join(folder, 'identity', 'certificate.pem'),
    keyFolder: join(folder, 'ssh'),
    sshSocket: (host) => sshSocket(join(names.folder, 'ssh'), host),
  };
}

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
