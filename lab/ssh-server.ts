import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabNames } from './names.js';
import { type LabProcess, startProcess } from './process.js';

const program = '/usr/sbin/sshd';
const listenMs = 5000;

/** Where a host of a lab has its SSH server's key and settings. */
const folderOf = (names: LabNames, host: string): string => join(names.folder, 'sshd', host);

/**
 * Makes the key of a host's SSH server if there is none; returns its public half, as `spec.ssh.hostKey` takes it.
 * @throws if ssh-keygen is missing or fails.
 */
export function sshServerKey(names: LabNames, host: string): string {
  const folder = folderOf(names, host);
  const file = join(folder, 'host_key');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file], { encoding: 'utf8' });
    if (made.error || made.status !== 0)
      throw new Error(`cannot make an SSH host key: ${made.error?.message ?? made.stderr}; apt install openssh-client`);
  }
  return readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
}

/**
 * Starts the host's SSH server. Whoever holds one of `authorizedKeys` may forward to UNIX sockets and do nothing else.
 * @throws if it is not installed or does not listen.
 */
export async function startSshServer(
  names: LabNames,
  host: string,
  authorizedKeys: readonly string[],
): Promise<LabProcess> {
  sshServerKey(names, host);
  const folder = folderOf(names, host);
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, authorizedKeys.map((key) => `restrict,port-forwarding ${key}\n`).join(''), { mode: 0o600 });
  const settings = [
    ...[`HostKey ${join(folder, 'host_key')}`, `AuthorizedKeysFile ${authorized}`, 'PidFile none', 'UseDNS no'],
    ...['UsePAM no', 'StrictModes no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password'],
    ...['AllowStreamLocalForwarding local', 'AllowTcpForwarding local', 'MaxStartups 100'],
  ];
  const configuration = join(folder, 'sshd_config');
  writeFileSync(configuration, `${settings.join('\n')}\n`);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // where the server's unprivileged part is put
  const args = ['-D', '-e', '-f', configuration];
  const server = await startProcess(names, { namespace: names.host(host), command: program, args });
  let said = '';
  server.errors?.on('data', (chunk: Buffer) => {
    if (said.length < 4096) said += chunk.toString();
  });
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  for (let waitedMs = 0; waitedMs < listenMs && !ended; waitedMs += 20) {
    if (said.includes('Server listening')) return server;
    await sleep(20);
  }
  await server.end();
  throw new Error(`The SSH server of ${host} does not listen: ${said.trim() || 'apt install openssh-server'}`);
}
