/** One thing after the other: passes, and what must not run beside one. Requests that come before a pass begins share it. */
export class PassQueue {
  readonly #pass: (reasons: string) => Promise<void>;
  #pending: string[] = [];
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(pass: (reasons: string) => Promise<void>) {
    this.#pass = pass;
  }

  request(reason: string): void {
    if (this.#isClosed) return;
    const isQueued = this.#pending.length > 0;
    if (!this.#pending.includes(reason)) this.#pending.push(reason);
    if (isQueued) return;
    this.enqueue(async () => {
      const reasons = this.#pending.splice(0);
      if (!this.#isClosed) await this.#pass(reasons.join(', '));
    });
  }

  enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task);
  }

  /** What an enqueued task comes to. */
  run<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.enqueue(() => task().then(resolve, reject));
    });
  }

  /** No pass begins any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when what was begun has ended. */
  settled(): Promise<void> {
    return this.#work;
  }
}
