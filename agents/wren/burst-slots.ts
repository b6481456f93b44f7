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
/** From so many groups on, one is left out, and another. */
const extremes = [4, 8];
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
    // However groups lie, bursts are as they are; what is found must not depend on the time of asking.
    return Math.max(this.#between(last, 0, bitsPerNs), this.#between(last, groupSlots / 2, bitsPerNs));
  }

  /** With groups that begin at multiples of their length and so many slots more. */
  #between(last: number, shift: number, bitsPerNs: number): number {
    const groups: Moments[] = [];
    const first = last - slots + 1;
    for (let from = first + remainder(shift - first, groupSlots); from <= last; from += groupSlots) {
      const rates: Rate[] = [];
      for (let slot = from; slot < from + groupSlots && slot <= last; slot += 1) {
        const rate = this.#rate(slot, bitsPerNs);
        if (rate) rates.push(rate);
      }
      if (rates.length >= leastGroup) groups.push(momentsOf(rates));
    }
    return withoutExtremes(groups);
  }

  #rate(slot: number, bitsPerNs: number): Rate | undefined {
    const k = remainder(slot, slots);
    const departingNs = this.#departingNs[k] as number;
    if (this.#slot[k] !== slot || departingNs < leastDepartingNs) return undefined;
    const rate = (bitsPerNs * (this.#arrivingNs[k] as number) - (this.#bits[k] as number)) / departingNs;
    return { slot, rate, departingNs };
  }
}

interface Rate {
  slot: number;
  rate: number;
  departingNs: number;
}

/** Sums over one group. */
interface Moments {
  slots: number;
  departingNs: number;
  /** Of squares of differences to the mean of the group, and of what they would be by chance. */
  spread: number;
  chance: number;
  /** Of products of neighbours' differences, and their squares. */
  products: number;
  squares: number;
  pairs: number;
}

function momentsOf(rates: Rate[]): Moments {
  const departingNs = rates.reduce((sum, each) => sum + each.departingNs, 0);
  const mean = rates.reduce((sum, each) => sum + each.departingNs * each.rate, 0) / departingNs;
  const spread = rates.reduce((sum, each) => sum + each.departingNs * (each.rate - mean) ** 2, 0);
  const chance = rates.length * Math.max(0, mean) * fullPacketBits;
  const moments = { slots: rates.length, departingNs, spread, chance, products: 0, squares: 0, pairs: 0 };
  for (let i = 1; i < rates.length; i += 1) {
    const [one, other] = [rates[i - 1] as Rate, rates[i] as Rate];
    if (other.slot !== one.slot + 1) continue;
    const product = (one.rate - mean) * (other.rate - mean);
    moments.products += product;
    moments.squares += product ** 2;
    moments.pairs += 1;
  }
  return moments;
}

/** Bursts go on; where one group or two of many make all the difference, cross traffic changed within them for good. */
function withoutExtremes(groups: Moments[]): number {
  let left = groups;
  for (const enough of extremes) if (groups.length >= enough) left = withoutLargest(left);
  return varianceOf(left);
}

function withoutLargest(groups: Moments[]): Moments[] {
  let [best, least] = [groups, varianceOf(groups)];
  for (const group of groups) {
    const others = groups.filter((each) => each !== group);
    const variance = varianceOf(others);
    if (variance < least) [best, least] = [others, variance];
  }
  return best;
}

function varianceOf(groups: Moments[]): number {
  const total = (field: keyof Moments): number => groups.reduce((sum, group) => sum + group[field], 0);
  if (total('slots') < leastSlots) return 0;
  const pairs = total('pairs');
  const lasting = pairs < leastPairs ? 0 : (total('products') - Math.sqrt(total('squares'))) / pairs;
  const beyondChance = (total('spread') - allowance * total('chance')) / total('departingNs');
  return Math.max(0, overOneSlot * lasting, beyondChance);
}

function remainder(number: number, divisor: number): number {
  return ((number % divisor) + divisor) % divisor;
}
