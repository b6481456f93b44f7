import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Key that the SSH servers of peers know a host by. */
export interface SshKey {
  /** The private half. */
  keyFile: string;
  /** A line for `authorized_keys`. */
  publicKey: string;
}

export const sshKeyFile = (folder: string): string => join(folder, 'id_ed25519');

/**
 * The key in `folder`, made if there is none; `host` is only a label in it.
 * @throws if it has to be made and cannot be.
 */
export function sshKey(folder: string, host: string): SshKey {
  const keyFile = sshKeyFile(folder);
  if (!existsSync(keyFile)) makeKey(folder, keyFile, host);
  return { keyFile, publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim() };
}

function makeKey(folder: string, keyFile: string, host: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${keyFile}.${process.pid}`;
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', `virtuoso-${host}`, '-f', draft];
  const result = spawnSync('ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.error)
    throw new Error(`cannot run ssh-keygen (${result.error.message}): install it with \`apt install openssh-client\``);
  if (result.status !== 0) throw new Error(`cannot make an SSH key in ${folder}: ${result.stderr.trim()}`);
  // The private half last: while it is not there, there is no key.
  renameSync(`${draft}.pub`, `${keyFile}.pub`);
  renameSync(draft, keyFile);
}
