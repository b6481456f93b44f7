import { join } from 'node:path';
import type { NetnsSubstrateOptions } from '../agents/netns-substrate.js';
import { sshSocket } from '../agents/vnet/carriers/ssh-socket.js';

/** What an agent stands on that runs on a machine of its own, in the machine's network. */
export function hostStand(host: string, stateDirectory: string): NetnsSubstrateOptions {
  return {
    host,
    owner: `host/${host}`,
    stateFolder: join(stateDirectory, 'hosts'),
    pinFolder: '/sys/fs/bpf/virtuoso',
    // Guests that are namespaces do not leave their machine.
    hostNamespacePath: (name) => (name === host ? '/proc/self/ns/net' : undefined),
    guestNamespace: (guest) => `virtuoso.vm.${guest}`,
    identity: {
      keyFile: join(stateDirectory, 'identity', 'key.pem'),
      certificateFile: join(stateDirectory, 'identity', 'certificate.pem'),
      keyFolder: join(stateDirectory, 'ssh'),
      sshSocket: (name) => sshSocket('/run/virtuoso/ssh', name),
    },
  };
}
