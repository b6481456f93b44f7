import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Accounts that peers log in with belong to this group. Without it only root may use the socket. */
export const sshGroup = 'virtuoso';

const longestPath = 107;

/**
 * The UNIX socket on which a host's pump awaits the forwarded connections of its peers. Both ends work it out, each for itself, so
 * `folder` must be the same on all hosts.
 */
export function sshSocket(folder: string, host: string): string {
  const plain = join(folder, host, 'ssh.sock');
  if (Buffer.byteLength(plain) <= longestPath) return plain;
  return join(folder, createHash('sha256').update(host).digest('hex').slice(0, 12), 'ssh.sock');
}

/** Makes the socket's folder, in which files get the group of the accounts that peers log in with. */
export function provideSocketFolder(socket: string, groupName: string = sshGroup): void {
  const folder = dirname(socket);
  const group = groupNumber(groupName);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chownSync(folder, process.geteuid?.() ?? 0, group ?? process.getegid?.() ?? 0);
  chmodSync(folder, group === undefined ? 0o700 : 0o2710);
}

export function removeSocket(socket: string): void {
  rmSync(socket, { force: true });
  try {
    rmdirSync(dirname(socket));
  } catch (error) {
    // Something of another owner is in it, or it is gone.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
  }
}

function groupNumber(name: string): number | undefined {
  const [, , number] = spawnSync('getent', ['group', name], { encoding: 'utf8' }).stdout?.split(':') ?? [];
  return number === undefined ? undefined : Number(number);
}
