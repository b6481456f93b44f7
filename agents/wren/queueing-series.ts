import type { QueueingSeries as Told } from '../../schema/generated/types.js';

const binNs = 1e8;
/** Bins that are kept until they are told: a minute. */
const bins = 600;

/** Mean delay beyond the smallest, in bins of 100 ms; each bin is told once. */
export class QueueingSeries {
  readonly #sumNs = new Float64Array(bins);
  readonly #packets = new Float64Array(bins);
  /** Number of the first bin not told yet, and of the newest with a packet; undefined before any packet. */
  #from: number | undefined;
  #newest = 0;

  /** Adds a packet that arrived then. What arrives late for a bin that was told is left out. */
  add(atNs: number, delayNs: number): void {
    const bin = Math.floor(atNs / binNs);
    if (this.#from === undefined) {
      this.#from = bin;
      this.#newest = bin - 1;
    }
    if (bin < this.#from) return;
    if (bin > this.#newest) this.#open(bin, this.#from);
    const slot = bin % bins;
    (this.#sumNs[slot] as number) += delayNs;
    (this.#packets[slot] as number) += 1;
  }

  /**
   * Bins that are over and were not told before, or undefined if none has a packet. `wallMs` is the agent's clock at `nowNs`.
   */
  take(nowNs: number, wallMs: number): Told | undefined {
    const first = this.#from;
    const end = Math.min(Math.floor(nowNs / binNs), this.#newest + 1);
    if (first === undefined || end <= first) return undefined;
    const delaysMs: (number | null)[] = [];
    for (let bin = first; bin < end; bin += 1) {
      const packets = this.#packets[bin % bins] as number;
      delaysMs.push(packets === 0 ? null : Math.round((this.#sumNs[bin % bins] as number) / packets / 10) / 1e5);
    }
    this.#from = end;
    const fromMs = Math.round((wallMs + (first * binNs - nowNs) / 1e6) / 100) * 100;
    return { fromMs, binMs: 100, delaysMs };
  }

  /** Opens all bins up to one; the oldest that nobody asked for are lost. */
  #open(bin: number, from: number): void {
    for (let fresh = Math.max(this.#newest + 1, bin - bins + 1); fresh <= bin; fresh += 1) {
      this.#sumNs[fresh % bins] = 0;
      this.#packets[fresh % bins] = 0;
    }
    this.#newest = bin;
    this.#from = Math.max(from, bin - bins + 1);
  }
}
