/** Busy pairs added up until they tell something: a sample of the cross traffic, in sums that do not depend on the capacity. */
export interface Block {
  fromNs: number;
  toNs: number;
  bits: number;
  arrivingNs: number;
  departingNs: number;
  /** Of pairs that follow each other; each has the errors of its two ends. */
  runs: number;
}

const size = 4096;
const longestNs = 5e8;
const memory = 0.95;
/** Times of some days in ns are not exact. */
const togetherNs = 1000;

/** The blocks of the last while, oldest first. */
export class CrossBlocks {
  readonly #fields = new Float64Array(size * 6);
  #next = 0;
  #count = 0;
  #fromNs = 0;
  #bits = 0;
  #arrivingNs = 0;
  #departingNs = 0;
  #runs = 0;
  #lastNs = 0;
  #recentBits = 0;
  #recentArrivingNs = 0;
  #recentDepartingNs = 0;

  /** Adds one busy pair; a block is complete when its departures span `enoughNs`. */
  add(atNs: number, bits: number, arrivingNs: number, departingNs: number, enoughNs: number): void {
    if (this.#runs > 0 && atNs - this.#fromNs > longestNs) this.#close(this.#fromNs + longestNs);
    if (this.#runs === 0) this.#fromNs = atNs - arrivingNs;
    this.#bits += bits;
    this.#arrivingNs += arrivingNs;
    this.#departingNs += departingNs;
    if (this.#runs === 0 || atNs - arrivingNs - this.#lastNs > togetherNs) this.#runs += 1;
    this.#lastNs = atNs;
    if (this.#departingNs >= enoughNs) this.#close(atNs);
  }

  /** Cross traffic of about the last twenty blocks, in bits a ns. */
  recentRate(bitsPerNs: number): number {
    if (this.#recentDepartingNs === 0) return 0;
    const rate = (bitsPerNs * this.#recentArrivingNs - this.#recentBits) / this.#recentDepartingNs;
    return Math.max(0, Math.min(bitsPerNs, rate));
  }

  /** Complete blocks that ended after a time. */
  since(fromNs: number): Block[] {
    const blocks: Block[] = [];
    for (let back = this.#count; back > 0; back -= 1) {
      const at = ((this.#next - back + size) % size) * 6;
      const [from, to, bits, arrivingNs, departingNs, runs] = this.#fields.subarray(at, at + 6) as unknown as Six;
      if (to > fromNs) blocks.push({ fromNs: from, toNs: to, bits, arrivingNs, departingNs, runs });
    }
    return blocks;
  }

  #close(toNs: number): void {
    if (this.#departingNs > 0) {
      this.#recentBits = memory * this.#recentBits + this.#bits;
      this.#recentArrivingNs = memory * this.#recentArrivingNs + this.#arrivingNs;
      this.#recentDepartingNs = memory * this.#recentDepartingNs + this.#departingNs;
      const block = [this.#fromNs, toNs, this.#bits, this.#arrivingNs, this.#departingNs, this.#runs];
      this.#fields.set(block, this.#next * 6);
      this.#next = (this.#next + 1) % size;
      this.#count = Math.min(size, this.#count + 1);
    }
    this.#bits = 0;
    this.#arrivingNs = 0;
    this.#departingNs = 0;
    this.#runs = 0;
  }
}

type Six = [number, number, number, number, number, number];
