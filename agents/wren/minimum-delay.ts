const binNs = 1e9;
/** Bins over which the smallest delays are remembered. */
const bins = 60;
/** Packets are told apart by their length, in steps of so many bits; the last kind holds all longer ones. */
const kindBits = 1600;
const kinds = 16;
/** Two lengths that differ by so much tell the rate of the path. */
const leastDifferenceBits = 8000;
/** A capacity that is not firm is at most so many times too low. */
const largestFactor = 4;

/** The smallest delay among packets about as long as this one. */
interface Fastest {
  bits: number;
  delayNs: number;
}

/**
 * What a packet without length would take at least, of the last minute, while the capacity is not firm and so no packet's own time on the
 * bottleneck: packets of different lengths tell that time. It is the line under their smallest delays, as Jacobson's pathchar has
 * it (1997), and the shortest ones need it least.
 */
export class MinimumDelay {
  readonly #delayNs = new Float64Array(bins * kinds).fill(Number.POSITIVE_INFINITY);
  readonly #bits = new Float64Array(bins * kinds);
  #bin = Number.NEGATIVE_INFINITY;

  /** Times must not go back by more than a bin. */
  add(atNs: number, delayNs: number, bits: number): void {
    const bin = Math.floor(atNs / binNs);
    if (bin > this.#bin) this.#open(bin);
    const slot = (this.#bin % bins) * kinds + Math.min(kinds - 1, Math.floor(bits / kindBits));
    if (delayNs >= (this.#delayNs[slot] as number)) return;
    this.#delayNs[slot] = delayNs;
    this.#bits[slot] = bits;
  }

  /** `nsPerBit`: by the capacity as far as guessed; infinite if it is not. Undefined if there was no packet. */
  withoutLengthNs(nowNs: number, nsPerBit: number): number | undefined {
    const fastest = this.#fastest(nowNs);
    if (fastest.length === 0) return undefined;
    const ownNs = leastOwnNs(fastest, nsPerBit);
    return Math.min(...fastest.map(({ bits, delayNs }) => delayNs - bits * ownNs));
  }

  #open(bin: number): void {
    const first = Math.max(this.#bin + 1, bin - bins + 1);
    for (let each = first; each <= bin; each += 1) {
      const slot = (each % bins) * kinds;
      this.#delayNs.fill(Number.POSITIVE_INFINITY, slot, slot + kinds);
    }
    this.#bin = bin;
  }

  /** Of each kind, shortest first. */
  #fastest(nowNs: number): Fastest[] {
    const found: Fastest[] = [];
    const oldest = Math.floor(nowNs / binNs) - bins;
    for (let kind = 0; kind < kinds; kind += 1) {
      let best: Fastest = { bits: 0, delayNs: Number.POSITIVE_INFINITY };
      for (let bin = Math.max(oldest, this.#bin - bins) + 1; bin <= this.#bin; bin += 1) {
        const slot = (bin % bins) * kinds + kind;
        const delayNs = this.#delayNs[slot] as number;
        if (delayNs < best.delayNs) best = { bits: this.#bits[slot] as number, delayNs };
      }
      if (best.delayNs < Number.POSITIVE_INFINITY) found.push(best);
    }
    return found;
  }
}

/** Time per bit that no two lengths contradict: cross traffic makes a capacity look low, but seldom all packets of a length late. */
function leastOwnNs(fastest: readonly Fastest[], nsPerBit: number): number {
  const unqueued = fastest.filter(({ delayNs }, index) =>
    fastest.slice(index + 1).every((longer) => longer.delayNs > delayNs),
  );
  const known = nsPerBit < Number.POSITIVE_INFINITY ? nsPerBit : 0;
  for (const [index, short] of unqueued.entries()) {
    const slopes = unqueued
      .slice(index + 1)
      .filter(({ bits }) => bits - short.bits >= leastDifferenceBits)
      .map(({ bits, delayNs }) => (delayNs - short.delayNs) / (bits - short.bits));
    if (slopes.length === 0) break;
    const slope = Math.min(...slopes);
    // If it were less, the short ones have all waited in a queue.
    if (slope >= known / largestFactor) return Math.min(slope, nsPerBit);
  }
  return known;
}
