import { maxFileBytes, type SourceFile, sourceFile } from '../../schema/validate/source-file.js';
import type { DocumentsRead, Source, SourceRead } from '../ports.js';
import { type GitMirror, keepRef, type TreeEntry } from './git-mirror.js';
import { oversize } from './source-limits.js';

export interface GitSourceOptions {
  mirror: GitMirror;
  /** Full name of the ref that is read, or `HEAD`. */
  ref: string;
  /** Folder that holds the documents; empty for the repository's top. */
  subdirectory: string;
  /** Whether a path, relative to the subdirectory, is a document's. A folder with documents has to accept `document.yaml`. */
  select: (path: string) => boolean;
}

type Unavailable = Extract<SourceRead, { kind: 'unavailable' }>;

/** Documents at the newest commit of a remote repository's ref, read from a mirror without a checkout. */
export class GitSource implements Source {
  readonly #options: GitSourceOptions;
  /** Holds the commit that last took effect, across restarts. */
  readonly #inEffect: string;
  /** Text of the blobs of the last read, by id: most commits change few files. */
  #known = new Map<string, SourceFile>();

  constructor(options: GitSourceOptions) {
    this.#options = options;
    this.#inEffect = `refs/virtuoso/in-effect/${encodeURIComponent(options.ref)}`;
  }

  async read(): Promise<SourceRead> {
    const newest = await this.newest();
    return newest.kind === 'tip' ? this.readAt(newest.commit) : newest;
  }

  async tookEffect(commit: string): Promise<string | null> {
    return keepRef(this.#options.mirror, this.#inEffect, commit);
  }

  async lastInEffect(): Promise<DocumentsRead | null> {
    const commit = await this.#options.mirror.commitOf(this.#inEffect);
    const read = commit === null ? null : await this.readAt(commit);
    return read?.kind === 'documents' ? read : null;
  }

  /** Brings the newest commit over, together with all its history. */
  async newest(): Promise<{ kind: 'tip'; commit: string } | Unavailable> {
    const { mirror, ref } = this.#options;
    const local = `refs/virtuoso/source/${encodeURIComponent(ref)}`;
    const listed = await mirror.tips([ref]);
    if (listed.kind === 'failed') return unavailable(listed.message);
    const tip = listed.tips.get(ref);
    if (!tip)
      return unavailable(`${mirror.remote.url} has no ${shortName(ref)}: push that branch, or name one that exists`);
    if ((await mirror.commitOf(local)) !== tip) {
      const fetched = await mirror.fetch(ref, local);
      if (fetched.kind === 'failed') return unavailable(fetched.message);
    }
    const commit = await mirror.commitOf(local);
    return commit === null
      ? unavailable(`${shortName(ref)} of ${mirror.remote.url} is not a commit: name a branch`)
      : { kind: 'tip', commit };
  }

  /** Documents at a commit that an earlier read has brought over, for example the one a recorded plan was made from. */
  async readAt(commit: string): Promise<DocumentsRead | Unavailable> {
    const { mirror, subdirectory, select } = this.#options;
    if (!/^[0-9a-f]{40,64}$/.test(commit)) return unavailable(`${JSON.stringify(commit)} is not a commit id`);
    const listed = await mirror.list(commit, subdirectory, (entry) => isChosen(entry, select));
    if (listed.kind === 'failed') return unavailable(listed.message);
    const chosen = listed.entries;
    const problem = oversize(chosen.map((entry) => ({ path: entry.path, bytes: entry.bytes ?? 0 })));
    if (problem !== null) return unavailable(`commit ${commit}: ${problem}`);

    const prefix = subdirectory === '' ? '' : `${subdirectory}/`;
    const keyOf = (entry: TreeEntry) => `${entry.id} ${prefix}${entry.path}`;
    const missing = chosen.filter((entry) => isReadable(entry) && !this.#known.has(keyOf(entry)));
    const read = await mirror.contents(missing.map((entry) => entry.id));
    if (read.kind === 'failed') return unavailable(`commit ${commit} cannot be read: ${read.message}`);
    const fresh = new Map(
      missing.map((entry, i) => [keyOf(entry), sourceFile(prefix + entry.path, read.contents[i] ?? new Uint8Array())]),
    );
    const known = new Map<string, SourceFile>();
    const files = chosen.map((entry) => {
      const file = this.#known.get(keyOf(entry)) ?? fresh.get(keyOf(entry)) ?? refusal(prefix, entry);
      if (isReadable(entry)) known.set(keyOf(entry), file);
      return file;
    });
    this.#known = known;
    return { kind: 'documents', source: commit, files };
  }
}

const symlink = '120000';
const submodule = '160000';
const regular = new Set(['100644', '100664', '100755']);

/** A link or submodule is chosen too where documents could be behind it, so that their absence is told. */
function isChosen(entry: TreeEntry, select: (path: string) => boolean): boolean {
  const mayHold = entry.mode === symlink || entry.mode === submodule;
  return select(entry.path) || (mayHold && select(`${entry.path}/document.yaml`));
}

function isReadable(entry: TreeEntry): boolean {
  return regular.has(entry.mode) && entry.bytes !== null && entry.bytes <= maxFileBytes;
}

function refusal(prefix: string, entry: TreeEntry): SourceFile {
  const reasons: Record<string, 'symlink' | 'submodule'> = { [symlink]: 'symlink', [submodule]: 'submodule' };
  return {
    path: prefix + entry.path,
    refused: reasons[entry.mode] ?? (regular.has(entry.mode) && entry.bytes !== null ? 'too-large' : 'not-a-file'),
    bytes: entry.bytes ?? 0,
  };
}

function shortName(ref: string): string {
  return ref.startsWith('refs/heads/') ? `branch ${ref.slice('refs/heads/'.length)}` : ref;
}

function unavailable(message: string): Unavailable {
  return { kind: 'unavailable', message };
}
