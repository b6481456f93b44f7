import { join } from 'node:path';
import type { LinkEnd } from '../../../schema/generated/types.js';
import { connectCommand, linksFile, listenCommand } from './pump-command.js';
import { forwardedSocket, knownHosts, knownHostsFile, sshCommand } from './ssh-command.js';
import { endName, type StreamEnd, type StreamSetting } from './stream-end.js';

/** All that must exist for these links (which `linkFault` has let through) besides their TAP devices. */
export function streamEnds(links: readonly LinkEnd[], setting: StreamSetting): StreamEnd[] {
  const shared = new Map<string, LinkEnd[]>();
  for (const link of links) {
    const name = endName(link);
    shared.set(name, [...(shared.get(name) ?? []), link]);
  }
  return [...shared].flatMap(([name, those]) => {
    const [link] = those;
    if (!link) return [];
    if (link.role === 'connect') return [connectingEnd(name, link, setting)];
    return [listeningEnd(name, link, those, setting)];
  });
}

function connectingEnd(name: string, link: LinkEnd, setting: StreamSetting): StreamEnd {
  const cwd = join(setting.folder, name);
  const { ssh } = link;
  if (link.type !== 'ssh' || !ssh) {
    const pump = connectCommand(link, setting, cwd, `tcp:${link.remote}:${link.port}`, true);
    return { name, files: {}, folders: [], processes: [{ name: 'pump', command: pump }] };
  }
  return {
    name,
    files: { [knownHostsFile]: knownHosts(link, ssh) },
    folders: [],
    processes: [
      { name: 'ssh', command: sshCommand(link, ssh, setting, cwd) },
      { name: 'pump', command: connectCommand(link, setting, cwd, `unix:${forwardedSocket}`, false) },
    ],
  };
}

function listeningEnd(name: string, link: LinkEnd, sharing: readonly LinkEnd[], setting: StreamSetting): StreamEnd {
  const cwd = join(setting.folder, name);
  const end = { name, files: { links: linksFile(sharing) }, folders: ['status'] };
  if (link.type !== 'ssh') {
    const pump = listenCommand(link, setting, cwd, `tcp:${link.local}:${link.port}`);
    return { ...end, processes: [{ name: 'pump', command: pump }] };
  }
  const socket = setting.sshSocket(setting.host);
  // The group of the socket's folder, to which the SSH server's account belongs, may use the socket.
  const command = { ...listenCommand(link, setting, cwd, `unix:${socket}`), umask: 0o007 };
  return { ...end, processes: [{ name: 'pump', command }], socket };
}
