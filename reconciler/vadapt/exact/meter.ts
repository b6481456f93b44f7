/** Counts the steps of a search: a child looked at, a path prolonged, two paths compared. */
export class Meter {
  used = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get isSpent(): boolean {
    return this.used >= this.#most;
  }
}
