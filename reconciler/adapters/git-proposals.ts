import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDocumentPath } from '../../schema/validate/select.js';
import type { Clock, Proposals, Proposed } from '../ports.js';
import type { GitFailure } from './git-command.js';
import type { GitMirror } from './git-mirror.js';
import { identity } from './journal-branch.js';

type Wanted = Parameters<Proposals['propose']>[0];
type Said = { kind: 'done'; said: string } | GitFailure;

/** Where documents of a repository lie. */
export interface DocumentsPlace {
  mirror: GitMirror;
  /** Empty for the repository's top. */
  subdirectory: string;
}

/** Branches that ask people to take documents back, made without a checkout and pushed. Branches that exist are left as they are. */
export class GitProposals implements Proposals {
  readonly #place: DocumentsPlace;
  readonly #clock: Clock;

  constructor(place: DocumentsPlace, clock: Clock) {
    this.#place = place;
    this.#clock = clock;
  }

  async propose(wanted: Wanted): Promise<Proposed> {
    const { mirror } = this.#place;
    const made = await this.#commit(wanted);
    if (made.kind === 'failed')
      return { ...made, message: `The branch ${wanted.branch} cannot be made: ${made.message}.` };
    const ref = `refs/heads/${wanted.branch}`;
    const options = ['--quiet', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no'];
    const lease = `--force-with-lease=${ref}:`; // there must be no such branch
    const pushed = await mirror.git(['push', ...options, lease, '--', mirror.remote.url, `${made.said}:${ref}`]);
    if (pushed.kind === 'done') return { kind: 'proposed', commit: made.said };
    const message =
      `The branch ${wanted.branch} could not be pushed to ${mirror.remote.url} (${pushed.message}): allow branches below ` +
      'virtuoso/, or take the documents back by hand.';
    return { kind: 'failed', message };
  }

  async #commit(wanted: Wanted): Promise<Said> {
    const { from, onto, branch } = wanted;
    if (![from, onto].every((id) => /^[0-9a-f]{40,64}$/.test(id)))
      return failed(`${from} or ${onto} is not a commit, so there is nothing to go back to`);
    const named = await this.#git(['check-ref-format', `refs/heads/${branch}`]);
    if (named.kind === 'failed') return failed('git does not take its name');
    const directory = await mkdtemp(join(tmpdir(), 'virtuoso-index-'));
    try {
      return await this.#build(wanted, { GIT_INDEX_FILE: join(directory, 'index') });
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  async #build({ from, onto, message }: Wanted, index: Record<string, string>): Promise<Said> {
    const { subdirectory } = this.#place;
    const limits = subdirectory === '' ? [] : ['--', `:(literal)${subdirectory}`];
    const changed = await this.#git(['diff-tree', '-r', '-z', '--no-renames', onto, from, ...limits]);
    if (changed.kind === 'failed') return changed;
    const lines = indexLines(changed.said, subdirectory);
    if (lines === '') return failed('the documents of both commits are the same');
    const read = await this.#git(['read-tree', onto], { environment: index });
    if (read.kind === 'failed') return read;
    const updated = await this.#git(['update-index', '-z', '--index-info'], { environment: index, input: lines });
    if (updated.kind === 'failed') return updated;
    const tree = await this.#git(['write-tree'], { environment: index });
    if (tree.kind === 'failed') return tree;
    const date = `${Math.floor(this.#clock.nowMs() / 1000)} +0000`;
    const environment = {
      ...{ GIT_AUTHOR_NAME: identity.name, GIT_AUTHOR_EMAIL: identity.email, GIT_AUTHOR_DATE: date },
      ...{ GIT_COMMITTER_NAME: identity.name, GIT_COMMITTER_EMAIL: identity.email, GIT_COMMITTER_DATE: date },
    };
    return this.#git(['commit-tree', tree.said, '-p', onto, '-F', '-'], { environment, input: message });
  }

  async #git(args: readonly string[], options: Parameters<GitMirror['git']>[1] = {}): Promise<Said> {
    const done = await this.#place.mirror.git(args, options);
    return done.kind === 'failed' ? done : { kind: 'done', said: done.output.toString('utf8').trimEnd() };
  }
}

function failed(message: string): GitFailure {
  return { kind: 'failed', message, code: null };
}

/** From `diff-tree -z` to what `update-index --index-info -z` takes: documents alone, as plain files or gone. */
function indexLines(raw: string, subdirectory: string): string {
  const fields = raw.split('\0');
  const lines: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , id = ''] = (fields[at] ?? '').split(' ').map((each) => each.replace(/^:/, ''));
    const path = fields[at + 1] ?? '';
    const below = subdirectory === '' ? path : path.slice(subdirectory.length + 1);
    const isPlain = mode === '100644' || mode === '100755' || mode === '000000';
    if (isPlain && isDocumentPath(below)) lines.push(`${mode === '000000' ? '0' : mode} ${id}\t${path}\0`);
  }
  return lines.join('');
}
