/** Of a process that a test kills: from then on it does nothing, as far as others can tell. */
export class Life {
  #alive = true;
  readonly #ends: (() => void)[] = [];

  get alive(): boolean {
    return this.#alive;
  }

  end(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const task of this.#ends.splice(0)) task();
  }

  onEnd(task: () => void): void {
    this.#ends.push(task);
  }

  /** What `task` gives while this life lasts; for ever pending after it. */
  async during<T>(task: () => Promise<T>): Promise<T> {
    if (!this.#alive) return forever();
    const result = await task();
    return this.#alive ? result : forever();
  }
}

export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
