const binNs = 1e8;
const bins = 128;

/** What a path carried in a window. */
export interface Carried {
  packets: number;
  bytes: number;
  /** Time in which its queue was seen not to be empty. */
  busyNs: number;
  /** Longest time that a packet spent in it. */
  deepestNs: number;
}

/** Packets, bytes and busy time in bins of 100 ms, over the last 12 s. */
export class Activity {
  readonly #bin = new Float64Array(bins).fill(-1);
  readonly #packets = new Float64Array(bins);
  readonly #bytes = new Float64Array(bins);
  readonly #busyNs = new Float64Array(bins);
  readonly #deepestNs = new Float64Array(bins);
  #busyUntilNs = Number.NEGATIVE_INFINITY;

  /** Adds a packet that arrived then, after so long in the queue. */
  add(atNs: number, bytes: number, queuedNs: number): void {
    const bin = Math.floor(atNs / binNs);
    const slot = bin % bins;
    if (this.#bin[slot] !== bin) {
      this.#bin[slot] = bin;
      this.#packets[slot] = 0;
      this.#bytes[slot] = 0;
      this.#busyNs[slot] = 0;
      this.#deepestNs[slot] = 0;
    }
    (this.#packets[slot] as number) += 1;
    (this.#bytes[slot] as number) += bytes;
    const freshNs = Math.min(queuedNs, atNs - this.#busyUntilNs, binNs);
    if (freshNs > 0) (this.#busyNs[slot] as number) += freshNs;
    this.#busyUntilNs = atNs;
    if (queuedNs > (this.#deepestNs[slot] as number)) this.#deepestNs[slot] = queuedNs;
  }

  within(fromNs: number, toNs: number): Carried {
    const carried = { packets: 0, bytes: 0, busyNs: 0, deepestNs: 0 };
    const [first, last] = [Math.floor(fromNs / binNs), Math.floor(toNs / binNs)];
    for (let slot = 0; slot < bins; slot += 1) {
      const bin = this.#bin[slot] as number;
      if (bin <= first || bin > last) continue;
      carried.packets += this.#packets[slot] as number;
      carried.bytes += this.#bytes[slot] as number;
      carried.busyNs += this.#busyNs[slot] as number;
      carried.deepestNs = Math.max(carried.deepestNs, this.#deepestNs[slot] as number);
    }
    return carried;
  }
}
