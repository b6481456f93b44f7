import type { JournalDraft, JournalRead } from '../ports.js';
import type { GitFailure } from './git-command.js';
import type { GitMirror } from './git-mirror.js';
import { journalFiles, passOf, readRecord, recordFiles } from './journal-files.js';
import { commitMessage } from './journal-text.js';

/** The branch that Virtuoso writes and people read. */
export const statusBranch = 'virtuoso/status';
export const statusRef = `refs/heads/${statusBranch}`;

export interface Commit {
  kind: 'commit';
  commit: string;
  pass: number;
}

/** Fixed, so that no configuration of the person or machine matters. */
export const identity = { name: 'Virtuoso', email: 'virtuoso@localhost' };

/** Entries that are read from git at once, and the most that they may have in all. */
const chunk = 32;
const maxRecordsBytes = 64 * 1024 * 1024;

/** Writes an entry on top of `parent`, null for the first. No ref moves: the commit is not part of the branch yet. */
export async function commitEntry(
  mirror: GitMirror,
  parent: string | null,
  draft: JournalDraft,
): Promise<Commit | GitFailure> {
  const pass = (await newestPass(mirror, parent)) + 1;
  const { entry, files } = journalFiles(draft, pass);
  const contents = recordFiles.map((name) => files.get(name)).map((text) => (text ? Buffer.from(text) : null));
  const record = readRecord('', contents); // what cannot be read again must not be written
  if (record.kind === 'unreadable') return { kind: 'failed', message: record.message, code: null };
  const blobs = await Promise.all(
    [...files].map(async ([name, content]) => ({
      name,
      made: await mirror.git(['hash-object', '-w', '--stdin'], { input: content }),
    })),
  );
  const lines: string[] = [];
  for (const { name, made } of blobs) {
    if (made.kind === 'failed') return made;
    lines.push(`100644 blob ${id(made.output)}\t${name}\n`);
  }
  const tree = await mirror.git(['mktree'], { input: lines.join('') });
  if (tree.kind === 'failed') return tree;
  const date = `${Math.floor(Date.parse(entry.at) / 1000)} +0000`;
  const environment = {
    ...{ GIT_AUTHOR_NAME: identity.name, GIT_AUTHOR_EMAIL: identity.email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: identity.name, GIT_COMMITTER_EMAIL: identity.email, GIT_COMMITTER_DATE: date },
  };
  const parents = parent === null ? [] : ['-p', parent];
  const made = await mirror.git(['commit-tree', id(tree.output), ...parents, '-F', '-'], {
    input: commitMessage(entry, draft.plan),
    environment,
  });
  return made.kind === 'failed' ? made : { kind: 'commit', commit: id(made.output), pass };
}

/** Moves the mirror's branch from `before` (null: it must not exist) to `after`, unless somebody else has moved it. */
export async function advance(mirror: GitMirror, before: string | null, after: string): Promise<GitFailure | null> {
  const moved = await mirror.git(['update-ref', '--no-deref', statusRef, after, before ?? '']);
  return moved.kind === 'failed' ? moved : null;
}

/** Entries of the history that ends at `commit`, newest first. */
export async function* entriesFrom(mirror: GitMirror, commit: string, limit = Infinity): AsyncIterable<JournalRead> {
  let next: string | undefined = commit;
  for (let left = limit, size = 1; next !== undefined && left > 0; left -= size, size = chunk) {
    const count = Math.min(size, left);
    const commits = await firstParents(mirror, [`--max-count=${count + 1}`, next]);
    if (commits.kind === 'failed') return yield { kind: 'unreadable', commit: next, message: commits.message };
    const some = commits.ids.slice(0, count);
    next = commits.ids[count];
    yield* await records(mirror, some);
  }
}

/** Read together, or one by one where that is too much for once: whoever can push to the branch can make an entry of any size. */
async function records(mirror: GitMirror, commits: readonly string[]): Promise<JournalRead[]> {
  const names = commits.flatMap((each) => recordFiles.map((name) => `${each}:${name}`));
  const read = await mirror.contents(names, maxRecordsBytes);
  if (read.kind === 'contents')
    return commits.map((each, i) =>
      readRecord(each, read.contents.slice(i * recordFiles.length, (i + 1) * recordFiles.length)),
    );
  const [commit = ''] = commits;
  if (commits.length === 1) return [{ kind: 'unreadable', commit, message: read.message }];
  const found: JournalRead[] = [];
  for (const each of commits) found.push(...(await records(mirror, [each])));
  return found;
}

/**
 * Writes those entries of `commit` that `base` does not have on top of `base`, numbered anew. What is no entry is left behind.
 * `replayed` tells what became of each.
 */
export async function replay(
  mirror: GitMirror,
  commit: string,
  base: string,
): Promise<{ kind: 'replayed'; tip: string; replayed: Map<string, Commit> } | GitFailure> {
  const ours = await firstParents(mirror, [commit, `^${base}`]);
  if (ours.kind === 'failed') return ours;
  const replayed = new Map<string, Commit>();
  let tip = base;
  for (const old of ours.ids.reverse()) {
    const read = await mirror.contents([...recordFiles, 'plan.md'].map((name) => `${old}:${name}`));
    if (read.kind === 'failed') return read;
    const record = readRecord(old, read.contents);
    if (record.kind === 'unreadable') continue;
    const { format_version: _version, pass: _pass, ...entry } = record.entry;
    const planMarkdown = read.contents[recordFiles.length]?.toString('utf8') ?? null;
    const made = await commitEntry(mirror, tip, { entry, plan: record.plan, planMarkdown, observed: record.observed });
    if (made.kind === 'failed') return made;
    replayed.set(old, made);
    tip = made.commit;
  }
  return { kind: 'replayed', tip, replayed };
}

/** Commits along first parents, newest first. */
async function firstParents(
  mirror: GitMirror,
  range: readonly string[],
): Promise<{ kind: 'commits'; ids: string[] } | GitFailure> {
  const listed = await mirror.git(['rev-list', '--first-parent', ...range]);
  if (listed.kind === 'failed') return listed;
  return { kind: 'commits', ids: listed.output.toString('utf8').split('\n').filter(Boolean) };
}

async function newestPass(mirror: GitMirror, commit: string | null): Promise<number> {
  if (commit === null) return 0;
  const read = await mirror.contents([`${commit}:entry.json`], maxRecordsBytes);
  const [content = null] = read.kind === 'contents' ? read.contents : [];
  const newest = passOf(content);
  if (newest !== null) return newest;
  for await (const older of entriesFrom(mirror, commit)) if (older.kind === 'record') return older.entry.pass;
  return 0;
}

function id(output: Buffer): string {
  return output.toString('utf8').trim();
}
