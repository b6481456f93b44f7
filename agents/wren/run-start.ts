/** For so long a host hands on at once what its stamps say left one by one, and another wakes up for the first of it. */
const atOnceNs = 3e5;

/**
 * The first moment of a run of busy pairs. What arrives in it left later than its stamps say, or is seen later than it came, while
 * what ends the run is not: the run seems to last longer than it did, and others to send less. It says next to nothing of others
 * and is left out, by what is known before anything arrives.
 */
export class RunStart {
  #departingNs = 0;

  /** Whether a pair that departed so far apart, and follows the last, lies after it. */
  isOver(departingNs: number): boolean {
    this.#departingNs += departingNs;
    return this.#departingNs >= atOnceNs;
  }

  /** The next pair does not follow the last. */
  gap(): void {
    this.#departingNs = 0;
  }
}
