import { resolve } from 'node:path';
import { git } from '../reconciler/adapters/git-command.js';
import { GitMirror } from '../reconciler/adapters/git-mirror.js';
import { parseRef, parseSubdirectory } from '../reconciler/adapters/git-remote.js';
import { GitSource } from '../reconciler/adapters/git-source.js';
import { entriesFrom, statusBranch } from '../reconciler/adapters/journal-branch.js';
import type { JournalRead, PlainRead } from '../reconciler/ports.js';
import { isDocumentPath } from '../schema/validate/select.js';

type Failed = { kind: 'failed'; message: string };

/** A clone or a bare repository on this machine, read as it is: nothing is fetched, checked out or written. */
export interface Clone {
  kind: 'clone';
  /** The commit that a branch, a tag or a commit's id names, `HEAD~1` and the like too. */
  commitOf(text: string): Promise<{ kind: 'commit'; commit: string } | Failed>;
  documentsAt(commit: string): Promise<PlainRead>;
  /** How many commits `newer` lacks that `older` has; null where that cannot be told, as in a shallow clone. */
  lacking(newer: string, older: string): Promise<number | null>;
  /** Entries of `virtuoso/status`, newest first; none where the clone does not have the branch. */
  entries(): AsyncIterable<JournalRead>;
}

const gitLimits = { timeLimitMs: 60_000, maxOutputBytes: 1 << 20 };

export async function openClone(directory: string, subdirectory: string): Promise<Clone | Failed> {
  const folder = parseSubdirectory(subdirectory);
  if (folder.kind === 'invalid') return { kind: 'failed', message: folder.message };
  const place = resolve(directory);
  const found = await git({ arguments: ['-C', place, 'rev-parse', '--absolute-git-dir'], ...gitLimits });
  if (found.kind === 'failed') {
    return { kind: 'failed', message: `${directory} is no git repository that can be read: ${found.message}` };
  }
  const mirror = GitMirror.existing(found.output.toString('utf8').replace(/\n$/, ''));
  const source = new GitSource({ mirror, ref: 'HEAD', subdirectory: folder.path, select: isDocumentPath });
  return {
    kind: 'clone',
    commitOf: (text) => commitOf(mirror, text, directory),
    documentsAt: (commit) => source.readAt(commit),
    lacking: (newer, older) => lacking(mirror, newer, older),
    async *entries() {
      const head = await firstOf(mirror, [`refs/remotes/origin/${statusBranch}`, `refs/heads/${statusBranch}`]);
      if (head !== null) yield* entriesFrom(mirror, head);
    },
  };
}

/** A name, and steps back from it: `main`, `HEAD~2`, `v1^2~3`. */
const revision = /^(.{1,250}?)((?:~[0-9]{0,4}|\^[0-9]?){0,8})$/;

async function commitOf(
  mirror: GitMirror,
  text: string,
  directory: string,
): Promise<{ kind: 'commit'; commit: string } | Failed> {
  const [, name = '', back = ''] = revision.exec(text) ?? [];
  const ref = parseRef(name);
  if (ref.kind === 'invalid') {
    const message = `${JSON.stringify(text)} names no commit: write a branch such as main, HEAD, or the id of a commit`;
    return { kind: 'failed', message };
  }
  const commit = await firstOf(
    mirror,
    candidates(name, ref.name).map((each) => `${each}${back}`),
  );
  if (commit !== null) return { kind: 'commit', commit };
  const message = `${directory} has no ${text}: fetch it (in CI, check out with the whole history), or name what it has`;
  return { kind: 'failed', message };
}

/** What a name may stand for, the likeliest first. In CI, branches other than the one at hand are those of the remote alone. */
function candidates(name: string, full: string): string[] {
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name) || full === name) return [name];
  const branches = [full, `refs/remotes/origin/${name}`, `refs/remotes/${name}`, `refs/tags/${name}`];
  return /^[0-9a-f]{7,39}$/.test(name) ? [...branches, name] : branches;
}

async function firstOf(mirror: GitMirror, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const commit = await mirror.commitOf(name);
    if (commit !== null) return commit;
  }
  return null;
}

async function lacking(mirror: GitMirror, newer: string, older: string): Promise<number | null> {
  const counted = await mirror.git(['rev-list', '--count', '--end-of-options', older, `^${newer}`]);
  return counted.kind === 'failed' ? null : Number(counted.output.toString('utf8'));
}
