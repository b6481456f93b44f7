import type { ClockArrival } from '../../schema/generated/types.js';

/** Of packets from a peer, the one that was on its way for the least time. */
export class LeastArrival {
  #atNs = 0;
  #differenceNs = Number.POSITIVE_INFINITY;

  add(departureNs: number, arrivalNs: number): void {
    const differenceNs = arrivalNs - departureNs;
    if (differenceNs >= this.#differenceNs) return;
    this.#differenceNs = differenceNs;
    this.#atNs = arrivalNs;
  }

  /** Begins anew. Stamps are cut to whole microseconds, so that no difference is told to be less than it was. */
  take(): Omit<ClockArrival, 'peer'> | undefined {
    const [atNs, differenceNs] = [this.#atNs, this.#differenceNs];
    this.#differenceNs = Number.POSITIVE_INFINITY;
    if (differenceNs === Number.POSITIVE_INFINITY) return undefined;
    return { atUs: Math.round(atNs / 1000), differenceUs: Math.ceil(differenceNs / 1000) };
  }
}
