import { createHash } from 'node:crypto';
import type { LinkEnd, SshServer } from '../../../schema/generated/types.js';
import type { DetachedCommand } from '../../linux/detached-process.js';
import type { StreamSetting } from './stream-end.js';

/** The near end of the forwarding, in the link's folder: absolute, it might be too long for a socket's address. */
export const forwardedSocket = './ssh.sock';
export const knownHostsFile = 'known_hosts';

/** The client that forwards a UNIX socket in the link's folder to the one that the peer's pump listens on. */
export function sshCommand(link: LinkEnd, server: SshServer, setting: StreamSetting, cwd: string): DetachedCommand {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: `./${knownHostsFile}`,
    GlobalKnownHostsFile: '/dev/null',
    UpdateHostKeys: 'no',
    HostKeyAlias: hostKeyAlias(link, server),
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    BindAddress: link.local,
    ConnectTimeout: '5',
    ServerAliveInterval: '1',
    ServerAliveCountMax: '3',
    ExitOnForwardFailure: 'yes',
    StreamLocalBindUnlink: 'yes',
    // With AES in the processor it carries about twice what the standard choice does.
    Ciphers: '^aes128-gcm@openssh.com',
  };
  const args = [
    ...['-N', '-T', '-F', '/dev/null', '-i', setting.sshKeyFile],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['-L', `${forwardedSocket}:${setting.sshSocket(link.peer)}`],
    ...['-p', String(server.port ?? 22), '-l', server.user, link.remote],
  ];
  return { program: 'ssh', args, cwd, umask: 0o077 };
}

export const knownHosts = (link: LinkEnd, server: SshServer): string =>
  `${hostKeyAlias(link, server)} ${server.hostKey}\n`;

/** Another host key makes another alias, so that a client which runs with the old one is replaced. */
function hostKeyAlias({ peer }: LinkEnd, { hostKey }: SshServer): string {
  return `${peer}.${createHash('sha256').update(hostKey).digest('hex').slice(0, 8)}`;
}
