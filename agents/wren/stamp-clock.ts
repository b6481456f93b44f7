const wrapUs = 2 ** 20;
const wrapNs = wrapUs * 1000;
const recentNs = 5e9;
/** A stamp that seems to be ahead by more than so many wraps is that of a packet that was overtaken. */
const overtaken = 0.9;

/**
 * Unwraps the sender's 20-bit clock of microseconds (1.048576 s) with the arrival times. While packets come, it is enough that they
 * left one after the other; after half a wrap without any, the delay is taken to be between 0.26 s less and 0.79 s more than the
 * smallest of the last seconds, and at first than none. So with the same clock at both ends departures are the true ones, else
 * true up to the difference of the clocks and whole wraps.
 */
export class StampClock {
  /** Arrival less departure, smallest of the last seconds: it follows the clocks' drift. */
  #offsetNs = 0;
  #lowestNs = Number.POSITIVE_INFINITY;
  #sinceNs = Number.NEGATIVE_INFINITY;
  #lastNs = 0;
  #arrivalNs = Number.NEGATIVE_INFINITY;

  /** When a packet left, whose stamp has these 20 bits. */
  departureNs(stampUs: number, arrivalNs: number): number {
    const stampNs = (stampUs % wrapUs) * 1000;
    const isNear = arrivalNs - this.#arrivalNs < wrapNs / 2;
    const departureNs = isNear ? this.#after(stampNs) : this.#near(stampNs, arrivalNs - this.#offsetNs);
    this.#lastNs = departureNs;
    this.#arrivalNs = arrivalNs;
    this.#follow(arrivalNs, arrivalNs - departureNs);
    return departureNs;
  }

  #after(stampNs: number): number {
    const ahead = (((stampNs - this.#lastNs) % wrapNs) + wrapNs) % wrapNs;
    return this.#lastNs + (ahead > overtaken * wrapNs ? ahead - wrapNs : ahead);
  }

  #near(stampNs: number, expectedNs: number): number {
    return stampNs + Math.floor((expectedNs - stampNs + wrapNs / 4) / wrapNs) * wrapNs;
  }

  #follow(arrivalNs: number, delayNs: number): void {
    this.#lowestNs = Math.min(this.#lowestNs, delayNs);
    if (arrivalNs - this.#sinceNs >= recentNs) {
      this.#offsetNs = this.#lowestNs;
      this.#lowestNs = Number.POSITIVE_INFINITY;
      this.#sinceNs = arrivalNs;
    } else this.#offsetNs = Math.min(this.#offsetNs, delayNs);
  }
}
