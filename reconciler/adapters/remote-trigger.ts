import { join } from 'node:path';
import type { Clock, Trigger } from '../ports.js';
import { git } from './git-command.js';
import type { GitMirror } from './git-mirror.js';
import { WatchTrigger } from './watch.js';

export interface RemoteTriggerOptions {
  mirror: Pick<GitMirror, 'remote' | 'tips'>;
  /** Full name of the ref, or `HEAD`. */
  ref: string;
  /** Time between two looks at the remote. */
  intervalMs: number;
  /** Share of the interval, from 0 to 1, that the next look comes later, so that many reconcilers do not ask at once. */
  jitter: () => number;
  /** Quiet time after a change of a repository on this machine. */
  debounceMs: number;
  clock: Clock;
}

/**
 * Asks for a pass when the ref of a remote repository moves, or when the remote goes away or comes back. It asks the remote at an
 * interval; a repository on this machine is watched as well. Other refs, such as the journal's, ask for nothing.
 */
export class RemoteTrigger implements Trigger {
  readonly #options: RemoteTriggerOptions;
  #watch: Trigger | null = null;
  #cancel: () => void = () => undefined;
  #onMoved: (commit: string) => void = () => undefined;
  #onChange: (reason: string) => void = () => undefined;
  #isRunning = false;
  /** Where the ref was seen last. */
  #commit: string | null = null;
  /** Somebody wants a look that has not begun. */
  #isAsked = false;
  /** One look at a time; each waits for the one before. */
  #last: Promise<string> = Promise.resolve('');

  constructor(options: RemoteTriggerOptions) {
    this.#options = options;
  }

  async start(onChange: (reason: string) => void): Promise<void> {
    this.#isRunning = true;
    this.#onChange = onChange;
    const paths = await refFiles(this.#options.mirror.remote.directory);
    if (paths.length > 0) {
      const { debounceMs, clock } = this.#options;
      this.#watch = new WatchTrigger({ paths, debounceMs, clock });
      await this.#watch.start(() => this.lookSoon());
    }
    this.#last = this.#look();
    await this.#last;
    this.#poll();
  }

  /** Calls back when the ref is seen at another commit, before a pass is asked for. */
  onMoved(listener: (commit: string) => void): void {
    this.#onMoved = listener;
  }

  /** Looks now, or once the look that is under way has ended. However often it is asked until then, that is one look. */
  lookSoon(): void {
    if (this.#isAsked || !this.#isRunning) return;
    this.#isAsked = true;
    void this.#compare();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancel();
    await this.#watch?.stop();
    await this.#last;
  }

  #poll(): void {
    if (!this.#isRunning) return;
    const { clock, intervalMs, jitter } = this.#options;
    this.#cancel = clock.after(intervalMs * (1 + jitter()), () => {
      void this.#compare().then(() => this.#poll());
    });
  }

  #compare(): Promise<string> {
    this.#last = this.#last.then(async (before) => {
      this.#isAsked = false;
      const now = await this.#look();
      if (now !== before && this.#isRunning) this.#onChange(now);
      return now;
    });
    return this.#last;
  }

  /** Where the ref stands, in words; the same words when nothing has changed. Never throws. */
  async #look(): Promise<string> {
    const { mirror, ref } = this.#options;
    const listed = await mirror.tips([ref]);
    if (listed.kind === 'failed') return `${mirror.remote.url} does not answer`;
    const commit = listed.tips.get(ref);
    if (commit && this.#commit !== null && commit !== this.#commit) this.#onMoved(commit);
    this.#commit = commit ?? this.#commit;
    return commit ? `commit ${commit.slice(0, 12)} on ${ref}` : `${ref} does not exist in ${mirror.remote.url}`;
  }
}

/** Files that change when a ref of a repository on this machine moves: loose refs, packed ones, and the newer table format. */
async function refFiles(directory: string | null): Promise<string[]> {
  if (directory === null) return [];
  const question = ['-C', directory, 'rev-parse', '--path-format=absolute', '--git-common-dir'];
  const found = await git({ arguments: question, timeLimitMs: 10_000, maxOutputBytes: 100_000 });
  if (found.kind === 'failed') return []; // the look at the remote says what is wrong with it
  const gitDirectory = found.output.toString('utf8').trim();
  return ['HEAD', 'packed-refs', 'refs/heads', 'refs/tags', 'reftable'].map((name) => join(gitDirectory, name));
}
