import type { BusyPair } from './busy-pair.js';
import { RateRecords } from './rate-records.js';

const leastBits = 4 * 12_000;
/** Arrivals are off by some 30 µs; a record should be good to a few per cent. */
const longNs = 0.85e6;
/** What is cut short has three packets at least, unless it took as long. */
const shortBits = 20_000;

/** Runs of packets that left together, cut into records: a stall of a host spoils one of them, as no run is added to another. */
export class RatePool {
  readonly records = new RateRecords();
  #bits = 0;
  #arrivingNs = 0;
  #departingNs = 0;
  #atNs = 0;

  add({ atNs, bits, departingNs, arrivingNs }: BusyPair): void {
    this.#atNs = atNs;
    this.#bits += bits;
    this.#arrivingNs += arrivingNs;
    this.#departingNs += departingNs;
    if (this.#bits >= leastBits && this.#arrivingNs >= longNs) this.#close();
  }

  /** What comes next does not follow. */
  gap(): void {
    if (this.#bits >= shortBits || this.#arrivingNs >= longNs) this.#close();
    this.#bits = 0;
    this.#arrivingNs = 0;
    this.#departingNs = 0;
  }

  #close(): void {
    this.records.add({
      atNs: this.#atNs,
      bits: this.#bits,
      arrivingNs: this.#arrivingNs,
      departingNs: this.#departingNs,
    });
    this.#bits = 0;
    this.#arrivingNs = 0;
    this.#departingNs = 0;
  }
}
