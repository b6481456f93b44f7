import type { GitFailure } from './git-command.js';
import type { GitMirror } from './git-mirror.js';

/** An entry writes up to seven objects, whole; packs hold little more than what differs. */
const entriesBetweenPackings = 64;
/** Objects that nothing refers to, and what a packing that was cut short has left, go after this time. */
const expire = '1.day.ago';
/** One processor, and memory that does not grow with the fleet: a pass may decide meanwhile. */
const bounds = ['-c', 'pack.threads=1', '-c', 'pack.windowMemory=128m'];
const timeLimitMs = 600_000;

/**
 * Keeps the mirror small: packs what was written, in packs that double in size, so that each object is packed a logarithmic number
 * of times (`git repack --geometric`). Runs beside what goes on; git's own upkeep, which would hold up a fetch, is off.
 */
export class MirrorUpkeep {
  readonly #mirror: GitMirror;
  readonly #entriesBetween: number;
  #written = 0;
  #hasPruned = false;
  #work: Promise<void> | null = null;
  #onFailure: (message: string) => void = () => undefined;

  constructor(mirror: GitMirror, entriesBetween = entriesBetweenPackings) {
    this.#mirror = mirror;
    this.#entriesBetween = entriesBetween;
  }

  /** Told why the mirror could not be kept small; it is tried anew after as many entries again. */
  onFailure(listener: (message: string) => void): void {
    this.#onFailure = listener;
  }

  /** Counts an entry that was written, and begins to pack when it is time and no packing goes on. */
  entryWritten(): void {
    this.#written += 1;
    if (this.#written < this.#entriesBetween || this.#work !== null) return;
    this.#written = 0;
    this.#work = this.#pack().finally(() => {
      this.#work = null;
    });
  }

  /** When nothing is being packed. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #pack(): Promise<void> {
    const failure = (await this.#prune()) ?? (await this.#run('repack', '-d', '--geometric=2', '--quiet'));
    if (failure !== null)
      this.#onFailure(`the mirror ${this.#mirror.directory} cannot be packed and grows: ${failure.message}`);
  }

  /** Once a process: only a process that was killed leaves anything. */
  async #prune(): Promise<GitFailure | null> {
    if (this.#hasPruned) return null;
    this.#hasPruned = true;
    return this.#run('prune', `--expire=${expire}`);
  }

  async #run(...args: string[]): Promise<GitFailure | null> {
    const done = await this.#mirror.git([...bounds, ...args], { timeLimitMs });
    return done.kind === 'failed' ? done : null;
  }
}
