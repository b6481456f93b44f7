const binNs = 2e8;
const bins = 64;

/** Of packets that came when the queue might have been empty: for how much time they stand, and in how much of it it was not. */
export interface SpotCheck {
  atNs: number;
  weightNs: number;
  busyNs: number;
}

/** Spot checks of the queue, added up in bins of 200 ms over the last 12 s. */
export class SpotChecks {
  readonly #bin = new Float64Array(bins).fill(-1);
  readonly #weightNs = new Float64Array(bins);
  readonly #busyNs = new Float64Array(bins);

  add(atNs: number, weightNs: number, isBusy: boolean): void {
    const bin = Math.floor(atNs / binNs);
    const slot = bin % bins;
    if (this.#bin[slot] !== bin) {
      this.#bin[slot] = bin;
      this.#weightNs[slot] = 0;
      this.#busyNs[slot] = 0;
    }
    (this.#weightNs[slot] as number) += weightNs;
    if (isBusy) (this.#busyNs[slot] as number) += weightNs;
  }

  since(fromNs: number): SpotCheck[] {
    const checks: SpotCheck[] = [];
    for (let slot = 0; slot < bins; slot += 1) {
      const atNs = ((this.#bin[slot] as number) + 0.5) * binNs;
      const weightNs = this.#weightNs[slot] as number;
      if (atNs > fromNs && weightNs > 0) checks.push({ atNs, weightNs, busyNs: this.#busyNs[slot] as number });
    }
    return checks;
  }
}
