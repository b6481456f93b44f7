/** How much may be asked: so much in a second in the long run, and at once what was not asked for in the last few seconds. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #mostSaved: number;
  #saved: number;
  #atMs: number;

  constructor(perSecond: number, mostSaved: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#mostSaved = mostSaved;
    this.#saved = mostSaved;
    this.#atMs = nowMs;
  }

  /** Whether as much as `cost` may be asked now; if so it counts. */
  take(cost: number, nowMs: number): boolean {
    const grown = (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1000;
    this.#saved = Math.min(this.#mostSaved, this.#saved + grown);
    this.#atMs = nowMs;
    if (this.#saved < cost) return false;
    this.#saved -= cost;
    return true;
  }
}
