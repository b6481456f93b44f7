const binNs = 1e8;
const bins = 128;

/** Time in which a queue was full, and what of ours came through it. */
export interface Full {
  timeNs: number;
  bits: number;
}

/** When a queue was full, in bins of 100 ms, over the last 12 s. */
export class FullTime {
  readonly #bin = new Float64Array(bins).fill(-1);
  readonly #timeNs = new Float64Array(bins);
  readonly #bits = new Float64Array(bins);

  add(atNs: number, timeNs: number, bits: number): void {
    const bin = Math.floor(atNs / binNs);
    const slot = bin % bins;
    if (this.#bin[slot] !== bin) {
      this.#bin[slot] = bin;
      this.#timeNs[slot] = 0;
      this.#bits[slot] = 0;
    }
    (this.#timeNs[slot] as number) += timeNs;
    (this.#bits[slot] as number) += bits;
  }

  since(fromNs: number): Full {
    const full = { timeNs: 0, bits: 0 };
    const first = Math.floor(fromNs / binNs);
    for (let slot = 0; slot < bins; slot += 1) {
      if ((this.#bin[slot] as number) <= first) continue;
      full.timeNs += this.#timeNs[slot] as number;
      full.bits += this.#bits[slot] as number;
    }
    return full;
  }
}
