import { fullPacketBits } from './packet.js';

const slotNs = 2e7;
const slots = 1536;
/** A slot says something if packets left during so much of it. */
const leastDepartingNs = 1e6;
/** Two seconds. */
const groupSlots = 100;
const leastGroup = 3;
const leastSlots = 6;
const leastPairs = 4;
/** Bursts of a few slots have half changed from one to the next. */
const overOneSlot = 2;
/** Times the variance of packets of full size that come one by one. */
const allowance = 2;

/**
 * Busy pairs by slots of 20 ms over half a minute. What their cross traffic has in common from one slot to the next is neither chance
 * nor an error of timestamps: it comes in bursts.
 */
export class BurstSlots {
  readonly #slot = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
  readonly #bits = new Float64Array(slots);
  readonly #arrivingNs = new Float64Array(slots);
  readonly #departingNs = new Float64Array(slots);

  add(atNs: number, bits: number, arrivingNs: number, departingNs: number): void {
    const slot = Math.floor(atNs / slotNs);
    const k = slot % slots;
    if (this.#slot[k] !== slot) {
      this.#slot[k] = slot;
      this.#bits[k] = 0;
      this.#arrivingNs[k] = 0;
      this.#departingNs[k] = 0;
    }
    (this.#bits[k] as number) += bits;
    (this.#arrivingNs[k] as number) += arrivingNs;
    (this.#departingNs[k] as number) += departingNs;
  }

  /**
   * Variance of the rate of cross traffic between slots, in (bits a ns)^2: the larger of what lasts from one slot to the next, and
   * of what goes beyond packets that come at random. Each less its own error; changes over seconds are no bursts.
   */
  variance(nowNs: number, bitsPerNs: number): number {
    const last = Math.floor(nowNs / slotNs);
    const all: Rate[] = [];
    for (let from = last - slots + 1; from <= last; from += groupSlots) {
      const group: Rate[] = [];
      for (let slot = from; slot < from + groupSlots && slot <= last; slot += 1) {
        const rate = this.#rate(slot, bitsPerNs);
        if (rate) group.push(rate);
      }
      if (group.length >= leastGroup) all.push(...centred(group));
    }
    return all.length < leastSlots ? 0 : Math.max(0, overOneSlot * lasting(all), beyondChance(all));
  }

  #rate(slot: number, bitsPerNs: number): Rate | undefined {
    const k = ((slot % slots) + slots) % slots;
    const departingNs = this.#departingNs[k] as number;
    if (this.#slot[k] !== slot || departingNs < leastDepartingNs) return undefined;
    const rate = (bitsPerNs * (this.#arrivingNs[k] as number) - (this.#bits[k] as number)) / departingNs;
    return { slot, rate, mean: rate, departingNs };
  }
}

interface Rate {
  slot: number;
  rate: number;
  /** Of all rates about that time. */
  mean: number;
  departingNs: number;
}

function centred(group: Rate[]): Rate[] {
  const total = group.reduce((sum, { departingNs }) => sum + departingNs, 0);
  const mean = group.reduce((sum, { departingNs, rate }) => sum + departingNs * rate, 0) / total;
  return group.map((each) => ({ ...each, mean }));
}

/** Covariance of neighbouring slots. */
function lasting(all: Rate[]): number {
  let [sum, squares, pairs] = [0, 0, 0];
  for (let i = 1; i < all.length; i += 1) {
    const [one, other] = [all[i - 1] as Rate, all[i] as Rate];
    if (other.slot !== one.slot + 1) continue;
    const product = (one.rate - one.mean) * (other.rate - other.mean);
    sum += product;
    squares += product ** 2;
    pairs += 1;
  }
  return pairs < leastPairs ? 0 : (sum - Math.sqrt(squares)) / pairs;
}

function beyondChance(all: Rate[]): number {
  const total = all.reduce((sum, { departingNs }) => sum + departingNs, 0);
  const spread = all.reduce((sum, { rate, mean, departingNs }) => sum + departingNs * (rate - mean) ** 2, 0) / total;
  const byChance = all.reduce((sum, { mean }) => sum + Math.max(0, mean) * fullPacketBits, 0) / total;
  return spread - allowance * byChance;
}
