import { join } from 'node:path';
import type { LinkEnd } from '../../../schema/generated/types.js';
import type { DetachedCommand } from '../../linux/detached-process.js';
import type { StreamSetting } from './stream-end.js';
import { tapName } from './tap-devices.js';

const standardPath = '/virtuoso';

/** Whether both ends of the link prove who they are with their keys. */
export const isPinned = ({ type, http }: LinkEnd): boolean =>
  type === 'tls' || (type === 'http' && http?.secure === true);

/** The pump of a connecting link: to `address`, from the link's own local address if that is `bound`. */
export function connectCommand(
  link: LinkEnd,
  setting: StreamSetting,
  cwd: string,
  address: string,
  bound: boolean,
): DetachedCommand {
  const pin = isPinned(link) && link.peerKey !== undefined ? ['--pin', link.peerKey] : [];
  const proxy = link.http?.proxy === undefined ? [] : ['--proxy', link.http.proxy];
  const args = [
    ...['connect', address, '--self', setting.host, '--peer', link.peer, '--device', tapName(link)],
    ...['--tags', setting.tagsFile, '--status', join(cwd, 'status')],
    ...(bound ? ['--bind', link.local] : []),
    ...[...tls(link, setting), ...pin, ...websocket(link), ...proxy],
    ...['--idle-ms', String(setting.idleMs)],
  ];
  return { program: setting.pump, args, cwd };
}

/** The pump that `link` shares with all links that listen at the same place. */
export function listenCommand(link: LinkEnd, setting: StreamSetting, cwd: string, address: string): DetachedCommand {
  const args = [
    ...['listen', address, '--self', setting.host, '--links', join(cwd, 'links')],
    ...['--tags', setting.tagsFile, '--status-folder', join(cwd, 'status')],
    ...[...tls(link, setting), ...websocket(link)],
    ...['--idle-ms', String(setting.idleMs)],
  ];
  return { program: setting.pump, args, cwd };
}

/** Lines `PEER TAP PIN ADDRESS` of the file that says whom a listening pump lets in. */
export function linksFile(links: readonly LinkEnd[]): string {
  const sorted = [...links].sort((a, b) => (a.peer < b.peer ? -1 : 1));
  const lines = sorted.map((link) => {
    const pin = isPinned(link) ? (link.peerKey ?? '-') : '-';
    return `${link.peer} ${tapName(link)} ${pin} ${requiredAddress(link)}\n`;
  });
  return lines.join('');
}

/** A peer that proves itself by a key may come from anywhere, and one that comes through a proxy has the proxy's address. */
function requiredAddress(link: LinkEnd): string {
  const anywhere = isPinned(link) || link.type === 'ssh' || link.http?.proxy !== undefined;
  return anywhere ? '-' : link.remote;
}

function tls(link: LinkEnd, { identity }: StreamSetting): string[] {
  return isPinned(link) ? ['--key', identity.keyFile, '--cert', identity.certificateFile] : [];
}

function websocket({ type, http }: LinkEnd): string[] {
  return type === 'http' ? ['--websocket', http?.path ?? standardPath] : [];
}
