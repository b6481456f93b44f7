import type { Block } from './cross-blocks.js';

/** How what blocks say of the available bandwidth depends on the rate at which their packets left. */
export interface RateSlope {
  /** 0 for one queue of the given capacity; else 1 - (that capacity) / (that of the queue). */
  slope: number;
  /** Standard error. */
  error: number;
  /** The smallest that is left without any one slot: cross traffic may have changed within it. */
  least: number;
}

const leastBlocks = 12;
/** Packets that leave much faster are spaced anew by the first queue that they meet. */
const fastest = 1.3;
const slotNs = 5e8;

interface Point {
  rate: number;
  says: number;
  weight: number;
}

/**
 * Weighted regression over blocks, within slots of half a second: from one to the next, cross traffic may change, and a sender
 * follows it. Undefined where rates hardly differ.
 */
export function rateSlope(blocks: Block[], bitsPerNs: number): RateSlope | undefined {
  const slots = new Map<number, Point[]>();
  for (const { bits, arrivingNs, departingNs, toNs } of blocks) {
    const rate = bits / departingNs;
    if (rate > fastest * bitsPerNs) continue;
    const says = bitsPerNs + rate - (bitsPerNs * arrivingNs) / departingNs;
    const slot = Math.floor(toNs / slotNs);
    const points = slots.get(slot) ?? [];
    if (points.length === 0) slots.set(slot, points);
    points.push({ rate, says, weight: departingNs });
  }
  const centredSlots = [...slots.values()].map(centred);
  const points = centredSlots.flat();
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const spread = moment(points, 'rate');
  if (points.length < leastBlocks || spread < total * (0.02 * bitsPerNs) ** 2) return undefined;
  const products = centredSlots.map((slot) => moment(slot, 'says'));
  const product = products.reduce((sum, each) => sum + each, 0);
  const slope = product / spread;
  const without = centredSlots.map((slot, i) => (product - (products[i] as number)) / (spread - moment(slot, 'rate')));
  // An error that allows for blocks of unequal variance: White, 1980.
  const squares = points.reduce((sum, { rate, says, weight }) => sum + (weight * rate * (says - slope * rate)) ** 2, 0);
  return { slope, error: Math.sqrt(squares) / spread, least: Math.min(slope, ...without.filter(Number.isFinite)) };
}

function moment(points: Point[], field: 'rate' | 'says'): number {
  return points.reduce((sum, point) => sum + point.weight * point.rate * point[field], 0);
}

/** Points of one slot, without their mean. */
function centred(points: Point[]): Point[] {
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const rate = points.reduce((sum, point) => sum + point.weight * point.rate, 0) / total;
  const says = points.reduce((sum, point) => sum + point.weight * point.says, 0) / total;
  return points.length < 2
    ? []
    : points.map((point) => ({ ...point, rate: point.rate - rate, says: point.says - says }));
}
