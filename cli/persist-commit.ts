import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type GitCall, type GitFailure, git } from '../reconciler/adapters/git-command.js';

export interface ProposedCommit {
  /** Clone that the branch is written to; its work tree stays as it is. */
  repository: string;
  branch: string;
  /** Commit that it begins at. */
  base: string;
  /** Relative to the top of the repository. */
  files: readonly { path: string; text: string }[];
  message: string;
}

export type Committed = { kind: 'committed'; commit: string; diff: string } | GitFailure;

/** Writes files to a new branch. Nothing is checked out or pushed, and no hook runs. */
export async function commitProposal(proposed: ProposedCommit): Promise<Committed> {
  const directory = await mkdtemp(join(tmpdir(), 'virtuoso-index-'));
  try {
    return await new Branch(proposed, join(directory, 'index')).commit();
  } finally {
    await rm(directory, { recursive: true });
  }
}

class Branch {
  readonly #proposed: ProposedCommit;
  readonly #index: string;

  constructor(proposed: ProposedCommit, index: string) {
    this.#proposed = proposed;
    this.#index = index;
  }

  async commit(): Promise<Committed> {
    const { branch, base, files, message } = this.#proposed;
    const ref = `refs/heads/${branch}`;
    const calls: (() => Promise<Said>)[] = [
      () => this.#git(['check-ref-format', ref]),
      () => this.#git(['read-tree', base]),
      ...files.map((file) => () => this.#put(file)),
    ];
    for (const call of calls) {
      const done = await call();
      if (done.kind === 'failed') return done;
    }
    const tree = await this.#git(['write-tree']);
    if (tree.kind === 'failed') return tree;
    const made = await this.#git(['commit-tree', tree.said, '-p', base, '-F', '-'], message);
    if (made.kind === 'failed') return made;
    // All zeros: there must be no such branch.
    const moved = await this.#git(['update-ref', '--no-deref', ref, made.said, '0'.repeat(made.said.length)]);
    if (moved.kind === 'failed') return moved;
    const diff = await this.#git(['diff', '--no-color', '--no-ext-diff', '--no-textconv', base, made.said]);
    return diff.kind === 'failed' ? diff : { kind: 'committed', commit: made.said, diff: `${diff.said}\n` };
  }

  async #put({ path, text }: { path: string; text: string }): Promise<Said> {
    const blob = await this.#git(['hash-object', '-w', '--stdin'], text);
    if (blob.kind === 'failed') return blob;
    const listed = await this.#git(['ls-files', '--stage', '--', `:(literal)${path}`]);
    if (listed.kind === 'failed') return listed;
    const mode = listed.said.slice(0, 6) || '100644';
    return this.#git(['update-index', '--add', '--cacheinfo', `${mode},${blob.said},${path}`]);
  }

  async #git(args: readonly string[], input = ''): Promise<Said> {
    const call: GitCall = {
      arguments: ['-C', resolve(this.#proposed.repository), ...args],
      environment: { GIT_INDEX_FILE: this.#index },
      input,
      ...{ timeLimitMs: 30_000, maxOutputBytes: 16 * 1024 * 1024 },
    };
    const done = await git(call);
    return done.kind === 'failed' ? done : { kind: 'done', said: done.output.toString('utf8').trimEnd() };
  }
}

type Said = { kind: 'done'; said: string } | GitFailure;
