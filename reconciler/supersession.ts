import { setMaxListeners } from 'node:events';

/** Has a plan that is being carried out make way for a newer commit. */
export class Supersession {
  readonly #newer: () => Promise<string | null>;
  #applying: AbortController | null = null;
  #checking: Promise<void> | null = null;
  #isAskedAgain = false;

  /** @param newer the commit that would take effect in a pass that begins now, if it is another one; null otherwise */
  constructor(newer: () => Promise<string | null>) {
    this.#newer = newer;
  }

  /** What `task` comes to, which is told when to stop; returns once nobody reads the repository any more on its account. */
  async during<T>(task: (stop: AbortSignal) => Promise<T>): Promise<T> {
    const applying = new AbortController();
    setMaxListeners(0, applying.signal); // a step waits for as many hosts as it changes
    this.#applying = applying;
    try {
      return await task(applying.signal);
    } finally {
      this.#applying = null;
      await this.#checking;
    }
  }

  /** Somebody asks for a pass: because of a new commit? */
  asked(): void {
    if (this.#applying === null || this.#applying.signal.aborted) return;
    this.#isAskedAgain = this.#checking !== null;
    this.#checking ??= this.#check(this.#applying);
  }

  async #check(applying: AbortController): Promise<void> {
    const commit = await this.#newer();
    this.#checking = null;
    if (commit !== null) applying.abort(commit);
    else if (this.#isAskedAgain) this.asked();
  }
}
