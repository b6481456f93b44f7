import { join } from 'node:path';
import type { LinkEnd } from '../../../schema/generated/types.js';
import type { DetachedCommand } from '../../linux/detached-process.js';

/** Types of link that are a stream of bytes between two pumps. */
export const streamTypes = ['tcp', 'tls', 'http', 'ssh'] as const;

/** What the ends of all stream links of a host have in common. */
export interface StreamSetting {
  host: string;
  /** Holds a folder for each `StreamEnd`. */
  folder: string;
  /** Path of virtuoso-pump. */
  pump: string;
  /** `NetworkIndex.tagsFile`. */
  tagsFile: string;
  /** PEM files of the agent's identity. */
  identity: { keyFile: string; certificateFile: string };
  /** The pump takes a stream on which nothing came for so long for dead. */
  idleMs: number;
  /** Private key that SSH servers know this host by. */
  sshKeyFile: string;
  /** UNIX socket on which a host listens for its `ssh` links. */
  sshSocket(host: string): string;
}

/** What a `StreamEnd` runs: `ssh` only where it connects through an SSH server. */
export const processNames = ['ssh', 'pump'] as const;

/** Files and processes that belong together: those of a connecting link, or of a listener that links share. */
export interface StreamEnd {
  /** Of its folder. */
  name: string;
  /** Names and contents of files in the folder. */
  files: Record<string, string>;
  /** Names of folders in the folder. */
  folders: string[];
  processes: { name: (typeof processNames)[number]; command: DetachedCommand }[];
  /** UNIX socket that the end listens on, for the SSH server's account to use. */
  socket?: string;
}

/** A link by its type and peer: a host may have a link of its old and of its new type to one peer while it changes. */
export const linkKey = ({ type, peer }: Pick<LinkEnd, 'type' | 'peer'>): string => `${type}-${peer}`;

/** Name of the end that a link belongs to. */
export function endName(link: LinkEnd): string {
  if (link.role === 'connect') return linkKey(link);
  return link.type === 'ssh' ? 'listen-ssh' : `listen-${link.type}-${link.local}-${link.port}`;
}

/** Where the pump says how a link is. */
export function statusFile(link: LinkEnd, folder: string): string {
  const own = join(folder, endName(link));
  return link.role === 'connect' ? join(own, 'status') : join(own, 'status', `${link.peer}.json`);
}

/** Files of the pump that outlive a link whose listener goes on. */
export function pumpFiles(link: LinkEnd, folder: string): string[] {
  const lock = join(folder, endName(link), 'status', `${link.peer}.lock`);
  return [statusFile(link, folder), ...(link.role === 'connect' ? [] : [lock])];
}
