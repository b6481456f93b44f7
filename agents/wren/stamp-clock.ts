const wrapUs = 2 ** 20;
const wrapNs = wrapUs * 1000;
const numbers = 8;
const recentNs = 5e9;

/** When a stamped packet left, on an unwrapped clock. */
export interface UnwrappedStamp {
  departureNs: number;
  /** Its number does not follow the last one's: packets were lost, overtaken, or not captured. */
  isAfterGap: boolean;
}

/**
 * Unwraps the sender's 20-bit clock of microseconds (1.048576 s) with the arrival times. Delays come out between -0.26 s and 0.79 s
 * at first, and then without jumps: with the same clock at both ends they are the true ones, else true up to the difference of the
 * clocks and whole wraps. Delays must vary by less than three quarters of a wrap; idle times may last as long as they like.
 */
export class StampClock {
  /** Arrival less departure, smallest of the last seconds: it follows the clocks' drift. */
  #offsetNs: number | undefined;
  #lowestNs = Number.POSITIVE_INFINITY;
  #sinceNs = 0;
  #number = 0;

  /** `stampUs` is 20 bits, `number` is 3 bits, and times of arrival are in ns. */
  unwrap(stampUs: number, number: number, arrivalNs: number): UnwrappedStamp {
    const isFirst = this.#offsetNs === undefined;
    const isAfterGap = isFirst || number !== (this.#number + 1) % numbers;
    this.#number = number;
    const stampNs = (stampUs % wrapUs) * 1000;
    const wraps = Math.floor((arrivalNs - (this.#offsetNs ?? 0) - stampNs + wrapNs / 4) / wrapNs);
    const departureNs = stampNs + wraps * wrapNs;
    if (isFirst) this.#sinceNs = arrivalNs;
    this.#follow(arrivalNs, arrivalNs - departureNs);
    return { departureNs, isAfterGap };
  }

  #follow(arrivalNs: number, delayNs: number): void {
    this.#lowestNs = Math.min(this.#lowestNs, delayNs);
    const isOver = arrivalNs - this.#sinceNs >= recentNs;
    if (isOver) this.#offsetNs = this.#lowestNs;
    else this.#offsetNs = Math.min(this.#offsetNs ?? delayNs, delayNs);
    if (!isOver) return;
    this.#lowestNs = Number.POSITIVE_INFINITY;
    this.#sinceNs = arrivalNs;
  }
}
