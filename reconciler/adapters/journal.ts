import type { Appended, Journal, JournalDraft, JournalRead, JournalRecord } from '../ports.js';
import type { GitFailure } from './git-command.js';
import type { GitMirror } from './git-mirror.js';
import { advance, type Commit, commitEntry, entriesFrom, replay, statusBranch, statusRef } from './journal-branch.js';
import type { MirrorUpkeep } from './mirror-upkeep.js';

/** Where the remote's branch stood when it was last looked at. */
const remoteRef = 'refs/virtuoso/status';

/** How often something is tried anew because somebody else has written in between. */
const maxAttempts = 10;

/** What became of entries that had to be put on top of somebody else's, by their old commits. */
type Synchronised = { kind: 'synchronised'; replayed: Map<string, Commit> } | GitFailure;

/**
 * The audit trail: one commit an entry on `virtuoso/status`, made in the mirror without a checkout and pushed as a fast-forward.
 * Entries that cannot be pushed stay in the mirror and go out with the next one.
 */
export class GitJournal implements Journal {
  readonly #mirror: GitMirror;
  readonly #upkeep: Pick<MirrorUpkeep, 'entryWritten'> | null;
  #hasLooked = false;

  /** @param upkeep of the mirror; left out where somebody else sees to it */
  constructor(mirror: GitMirror, upkeep: Pick<MirrorUpkeep, 'entryWritten'> | null = null) {
    this.#mirror = mirror;
    this.#upkeep = upkeep;
  }

  /** Takes over what the remote has. When that fails, says why; readers then answer from the mirror as it was. */
  async refresh(): Promise<{ kind: 'fresh' } | GitFailure> {
    const done = await this.#synchronise();
    this.#hasLooked = done.kind === 'synchronised';
    return done.kind === 'failed' ? done : { kind: 'fresh' };
  }

  async append(draft: JournalDraft): Promise<Appended> {
    let why = '';
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const parent = await this.head();
      const made = await commitEntry(this.#mirror, parent, draft);
      if (made.kind === 'failed') return { kind: 'failed', message: `the journal cannot be written: ${made.message}` };
      const failure = await advance(this.#mirror, parent, made.commit);
      if (failure === null) {
        const published = await this.#publish(made);
        this.#upkeep?.entryWritten();
        return published;
      }
      why = failure.message;
    }
    return { kind: 'failed', message: `the journal cannot be written, tried ${maxAttempts} times: ${why}` };
  }

  async head(): Promise<string | null> {
    if (!this.#hasLooked) await this.refresh();
    return this.#mirror.commitOf(statusRef);
  }

  async latest(): Promise<JournalRecord | null> {
    for await (const read of this.entries()) if (read.kind === 'record') return read;
    return null;
  }

  async *entries(limit?: number): AsyncIterable<JournalRead> {
    const head = await this.head();
    if (head !== null) yield* entriesFrom(this.#mirror, head, limit);
  }

  /** Pushes the branch; where somebody else was faster, puts our entries on top of theirs and tries again. */
  async #publish(made: Commit): Promise<Appended> {
    let { commit, pass } = made;
    let why = '';
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const tip = (await this.#mirror.commitOf(statusRef)) ?? commit;
      const options = ['--quiet', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no'];
      const pushed = await this.#mirror.git(['push', ...options, '--', this.#mirror.remote.url, `${tip}:${statusRef}`]);
      if (pushed.kind === 'done') return { kind: 'appended', commit, pass, pushed: true, message: '' };
      why = pushed.message;
      const synchronised = await this.#synchronise();
      if (synchronised.kind === 'failed') break;
      ({ commit, pass } = synchronised.replayed.get(commit) ?? { commit, pass });
      if (await this.#isAncestor(commit, remoteRef))
        return { kind: 'appended', commit, pass, pushed: true, message: '' };
      if ((await this.#mirror.commitOf(statusRef)) === tip) break; // nobody was faster: the remote refuses
    }
    const message = `the entry could not be pushed to ${statusBranch} of ${this.#mirror.remote.url} (${why}): allow it; it goes out with the next entry`;
    return { kind: 'appended', commit, pass, pushed: false, message };
  }

  async #synchronise(): Promise<Synchronised> {
    let failure: GitFailure = { kind: 'failed', message: '', code: null };
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const theirs = await this.#fetch();
      if (theirs.kind === 'failed') return theirs;
      const ours = await this.#mirror.commitOf(statusRef);
      const target = await this.#joined(ours, theirs.commit);
      if (target.kind === 'failed') return target;
      if (target.tip === null || target.tip === ours) return { kind: 'synchronised', replayed: target.replayed };
      const moved = await advance(this.#mirror, ours, target.tip);
      if (moved === null) return { kind: 'synchronised', replayed: target.replayed };
      failure = moved;
    }
    return failure;
  }

  /** Brings the remote's branch over; null where it has none. */
  async #fetch(): Promise<{ kind: 'fetched'; commit: string | null } | GitFailure> {
    const listed = await this.#mirror.tips([statusRef]);
    if (listed.kind === 'failed') return listed;
    const tip = listed.tips.get(statusRef) ?? null;
    if (tip === null || tip === (await this.#mirror.commitOf(remoteRef))) return { kind: 'fetched', commit: tip };
    const fetched = await this.#mirror.fetch(statusRef, remoteRef);
    return fetched.kind === 'failed' ? fetched : { kind: 'fetched', commit: await this.#mirror.commitOf(remoteRef) };
  }

  /** Where the branch has to stand to hold the remote's entries and then ours. */
  async #joined(
    ours: string | null,
    theirs: string | null,
  ): Promise<{ kind: 'joined'; tip: string | null; replayed: Map<string, Commit> } | GitFailure> {
    const replayed = new Map<string, Commit>();
    if (ours === null || theirs === null) return { kind: 'joined', tip: ours ?? theirs, replayed };
    if (await this.#isAncestor(theirs, ours)) return { kind: 'joined', tip: ours, replayed };
    const made = await replay(this.#mirror, ours, theirs);
    return made.kind === 'failed' ? made : { ...made, kind: 'joined' };
  }

  async #isAncestor(older: string, newer: string): Promise<boolean> {
    return (await this.#mirror.git(['merge-base', '--is-ancestor', older, newer])).kind === 'done';
  }
}
