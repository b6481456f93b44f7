import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitFailure, type GitResult, git } from './git-command.js';
import type { Remote } from './git-remote.js';

/** One entry of a tree, with its path below the tree; `bytes` is null for a submodule. */
export interface TreeEntry {
  mode: string;
  id: string;
  bytes: number | null;
  path: string;
}

export interface GitOptions {
  input?: string | Uint8Array;
  environment?: Record<string, string>;
  maxOutputBytes?: number;
  timeLimitMs?: number;
}

const timeLimitMs = 60_000;
const maxOutputBytes = 256 * 1024 * 1024;
/** A few trees of a few bytes can name each other so often that their files are without number. */
const maxListBytes = 32 * 1024 * 1024;

/** A bare copy of those branches of a remote repository that are needed. It never has files checked out. */
export class GitMirror {
  readonly remote: Remote;
  readonly directory: string;

  private constructor(remote: Remote, directory: string) {
    this.remote = remote;
    this.directory = directory;
  }

  /** Opens or makes the mirror of `remote` below `stateDirectory`; each remote has its own. */
  static async open(
    remote: Remote,
    stateDirectory: string,
  ): Promise<{ kind: 'mirror'; mirror: GitMirror } | GitFailure> {
    const name = createHash('sha256').update(remote.url).digest('hex').slice(0, 16);
    const mirror = new GitMirror(remote, join(stateDirectory, `${name}.git`));
    try {
      await mkdir(mirror.directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        kind: 'failed',
        message: `cannot keep a mirror: ${why}: name a directory that can be written`,
        code: null,
      };
    }
    const made = await mirror.git(['init', '--quiet', '--bare', '--template=']);
    return made.kind === 'done' ? { kind: 'mirror', mirror } : made;
  }

  /** A repository that is on this machine already, by its git directory, to be read as it is: nothing is fetched, nothing is made. */
  static existing(directory: string): GitMirror {
    return new GitMirror({ kind: 'remote', url: directory, directory }, directory);
  }

  /** Runs git on the mirror. */
  git(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
    return git({ arguments: [`--git-dir=${this.directory}`, ...args], timeLimitMs, maxOutputBytes, ...options });
  }

  /** Commits that refs of the remote stand at now; null for one that does not exist. */
  async tips(refs: readonly string[]): Promise<{ kind: 'tips'; tips: Map<string, string | null> } | GitFailure> {
    const listed = await this.git(['ls-remote', '--', this.remote.url, ...refs]);
    if (listed.kind === 'failed') return this.#toldOfRemote(listed);
    const tips = new Map<string, string | null>(refs.map((ref) => [ref, null]));
    for (const line of listed.output.toString('utf8').split('\n')) {
      const [id = '', name = ''] = line.split('\t');
      if (tips.has(name)) tips.set(name, id); // patterns of ls-remote also match the ends of longer names
    }
    return { kind: 'tips', tips };
  }

  /** Brings one ref of the remote over as `local`, together with all its history. */
  async fetch(ref: string, local: string): Promise<GitResult> {
    const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    const fetched = await this.git(['fetch', ...options, '--', this.remote.url, `+${ref}:${local}`]);
    return fetched.kind === 'failed' ? this.#toldOfRemote(fetched) : fetched;
  }

  /** The commit that a local ref stands at; null when there is none. */
  async commitOf(ref: string): Promise<string | null> {
    const found = await this.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
    return found.kind === 'done' ? found.output.toString('utf8').trim() : null;
  }

  /** Everything below a folder at a commit that is `wanted`, sorted by path; no file is read. */
  async list(
    commit: string,
    folder: string,
    wanted: (entry: TreeEntry) => boolean,
  ): Promise<{ kind: 'tree'; entries: TreeEntry[] } | GitFailure> {
    const found = await this.git(['cat-file', '-t', `${commit}:${folder}`]);
    if (found.kind === 'failed' || found.output.toString('utf8').trim() !== 'tree')
      return {
        kind: 'failed',
        message: `commit ${commit} has no folder ${folder || '/'}: correct the folder`,
        code: null,
      };
    const listed = await this.git(['ls-tree', '-r', '-l', '-z', `${commit}:${folder}`], {
      maxOutputBytes: maxListBytes,
    });
    if (listed.kind === 'failed') {
      const message = `the files of commit ${commit} cannot be listed (${listed.message}): have fewer files and fewer folders in each other`;
      return { ...listed, message };
    }
    return { kind: 'tree', entries: [...treeEntries(listed.output)].filter(wanted) };
  }

  /** Contents of objects, in the order of `names` (ids, or `commit:path`); null for one that does not exist. */
  async contents(
    names: readonly string[],
    maxBytes = maxOutputBytes,
  ): Promise<{ kind: 'contents'; contents: (Buffer | null)[] } | GitFailure> {
    if (names.length === 0) return { kind: 'contents', contents: [] };
    const input = names.map((name) => `${name}\n`).join('');
    const read = await this.git(['cat-file', '--batch'], { input, maxOutputBytes: maxBytes });
    return read.kind === 'failed' ? read : { kind: 'contents', contents: batch(read.output, names.length) };
  }

  #toldOfRemote(failure: GitFailure): GitFailure {
    const message = `the repository ${this.remote.url} cannot be read (${failure.message}): check its address, access and network`;
    return { ...failure, message };
  }
}

/** Lets a ref of the mirror stand at a commit; returns why it cannot. */
export async function keepRef(mirror: GitMirror, ref: string, commit: string): Promise<string | null> {
  const kept = await mirror.git(['update-ref', '--no-deref', ref, commit]);
  return kept.kind === 'failed' ? kept.message : null;
}

function* treeEntries(output: Buffer): Iterable<TreeEntry> {
  let at = 0;
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, at)) {
    yield treeEntry(output.toString('utf8', at, end));
    at = end + 1;
  }
}

/** Git writes `BAD` for the size of what is missing. */
function treeEntry(line: string): TreeEntry {
  const parts = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-|BAD)\t(.*)$/s.exec(line);
  if (!parts) throw new Error(`git ls-tree printed ${JSON.stringify(line)}`);
  const [, mode = '', id = '', bytes = '-', path = ''] = parts;
  return { mode, id, bytes: /^\d+$/.test(bytes) ? Number(bytes) : null, path };
}

/** Takes the output of `cat-file --batch` apart: `<id> <type> <bytes>`, the content, a line feed; or `<name> missing`. */
function batch(output: Buffer, count: number): (Buffer | null)[] {
  const contents: (Buffer | null)[] = [];
  let at = 0;
  while (contents.length < count) {
    const lineEnd = output.indexOf(0x0a, at);
    if (lineEnd < 0) throw new Error('git cat-file ended before its last object');
    const bytes = / (\d+)$/.exec(output.toString('utf8', at, lineEnd))?.[1];
    at = lineEnd + 1;
    contents.push(bytes === undefined ? null : output.subarray(at, at + Number(bytes)));
    if (bytes !== undefined) at += Number(bytes) + 1;
  }
  return contents;
}
