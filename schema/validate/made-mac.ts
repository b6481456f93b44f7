import { createHash } from 'node:crypto';

/** Ethernet address of a VM that states none: the network's prefix, then three bytes of the SHA-256 of the VM's name. */
export function madeMac(prefix: string, vm: string): string {
  const hash = createHash('sha256').update(vm).digest('hex');
  return [prefix, hash.slice(0, 2), hash.slice(2, 4), hash.slice(4, 6)].join(':');
}
