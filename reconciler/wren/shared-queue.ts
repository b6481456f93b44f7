import { bitsIn, type Congestion, popcount } from './congestion.js';

/** Whether two paths' packets wait in one queue. */
export interface SharedQueue {
  /** How alike the delays are, from -1 to 1; see `concordance`. */
  alikeness: number;
  /** Probability that the queue is one. */
  probability: number;
}

/** Bins of 100 ms that both need packets in, and of these how many with a queue: fewer tell nothing. */
const leastTogether = 20;
const leastCongested = 10;
/** What hosts' clocks may be apart, in bins, after what is known of it is taken off. */
const lags = [0, -1, 1, -2, 2];
/** Below this alikeness two queues are certain enough without knowing how many bins are independent. */
const unlike = 0.25;
/** From this alikeness on, one queue is likelier than two. */
const evenAlikeness = 0.5;
/** How far alikeness is off what the share of common queues would have it, in units of Fisher's z: other queues add their own delays. */
const modelDeviation = 0.35;
/** Without a sign of the other's traffic two paths are not acted upon as sharing a queue. */
const unseenProbability = 0.75;
/** Traffic of less than this share of what else passes is not missed. */
const leastTraffic = 0.02;
/** Delays are as alike in neighbouring bins: how far that is looked for. */
const longestMemory = 20;
const leastMemory = 0.01;

/**
 * Packets that wait in one queue at the same time wait equally long: not only do the delays of both paths rise together, which
 * they also do in two queues when an application sends on both at once, they are the same figures. So the measure is Lin's
 * concordance, not correlation. A bulk-synchronous program may make even that so in two queues; but in one queue each path finds
 * the other's traffic in its way. Null when the paths were not busy at the same time often enough to tell.
 */
export function sharedQueue(a: Congestion, b: Congestion): SharedQueue | null {
  const together = binsTogether(a, b);
  if (together === null) return null;
  const best = bestLikeness(a.delaysMs, b.delaysMs);
  if (!best) return null;
  const deviation = best.alikeness < unlike ? 0 : deviationOf(a.delaysMs, b.delaysMs, best.lag);
  const distance = Math.atanh(Math.min(0.999, Math.max(-0.999, best.alikeness))) - Math.atanh(evenAlikeness);
  const probability = normal(distance / Math.hypot(deviation, modelDeviation));
  const seen = [trafficSeen(a, b, together), trafficSeen(b, a, together)].filter((share) => share !== null);
  const limit = seen.length === 0 ? unseenProbability : Math.max(...seen);
  return { alikeness: best.alikeness, probability: Math.min(probability, limit) };
}

/**
 * Which share of the other's traffic is accounted for by what a path finds in its way: below 1, it is not in the same queue. Null
 * where that is unknown, or the other's traffic too little to be missed.
 */
function trafficSeen(path: Congestion, other: Congestion, together: number): number | null {
  const { crossMbps, presence, carriedMbps } = path;
  if (crossMbps === null) return null;
  // While the path's packets pass, the other's are there more or less often than on average.
  const expectedMbps = (other.carriedMbps * (together / bitsIn(path.present))) / other.presence;
  if (expectedMbps < leastTraffic * (crossMbps + carriedMbps / presence)) return null;
  return crossMbps / expectedMbps;
}

/** Bins in which both have packets; null when they are too few, or hardly any of them congested. */
function binsTogether(a: Congestion, b: Congestion): number | null {
  let [bins, congested] = [0, 0];
  for (let word = 0; word < a.present.length; word++) {
    const both = (a.present[word] ?? 0) & (b.present[word] ?? 0);
    if (both === 0) continue;
    bins += popcount(both);
    congested += popcount(both & ((a.congested[word] ?? 0) | (b.congested[word] ?? 0)));
  }
  return bins >= leastTogether && congested >= leastCongested ? bins : null;
}

interface Likeness {
  alikeness: number;
  lag: number;
}

/** The lag at which the delays are most alike; null when too few bins are left to compare. */
function bestLikeness(a: Float32Array, b: Float32Array): Likeness | null {
  let best: Likeness | null = null;
  for (const lag of lags) {
    const alikeness = concordance(a, b, lag);
    if (alikeness !== null && (!best || alikeness > best.alikeness)) best = { alikeness, lag };
  }
  return best;
}

/**
 * Lin's concordance correlation coefficient of what both have in the same bins: 1 where it is equal; less for another scale or
 * offset, not for another shape alone.
 */
function concordance(a: Float32Array, b: Float32Array, lag: number): number | null {
  let [n, sumX, sumY, squareX, squareY, product] = [0, 0, 0, 0, 0, 0];
  const end = Math.min(a.length, b.length - lag);
  for (let bin = Math.max(0, -lag); bin < end; bin++) {
    const x = a[bin] as number;
    const y = b[bin + lag] as number;
    if (Number.isNaN(x + y)) continue;
    n++;
    sumX += x;
    sumY += y;
    squareX += x * x;
    squareY += y * y;
    product += x * y;
  }
  if (n < leastTogether) return null;
  const [meanX, meanY] = [sumX / n, sumY / n];
  const spread = squareX / n - meanX ** 2 + squareY / n - meanY ** 2 + (meanX - meanY) ** 2;
  return spread <= 0 ? 0 : (2 * (product / n - meanX * meanY)) / spread;
}

/** Standard deviation of Fisher's z. Bartlett: two series that change slowly agree by chance as if there were fewer bins. */
function deviationOf(a: Float32Array, b: Float32Array, lag: number): number {
  const isBoth = (_: number, bin: number) => !Number.isNaN((a[bin] ?? Number.NaN) + (b[bin + lag] ?? Number.NaN));
  const xs = centred(a.filter(isBoth));
  const ys = centred(b.filter((_, bin) => isBoth(0, bin - lag)));
  const [powerX, powerY] = [productAt(xs, 0), productAt(ys, 0)];
  let inflation = 1;
  for (let memory = 1; memory <= longestMemory && memory < xs.length / 2; memory++) {
    const both = autocorrelation(xs, memory, powerX) * autocorrelation(ys, memory, powerY);
    if (both < leastMemory) break;
    inflation += 2 * both;
  }
  return 1 / Math.sqrt(Math.max(1, xs.length / inflation - 3));
}

function centred(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function autocorrelation(values: Float32Array, lag: number, power: number): number {
  return power === 0 ? 0 : (productAt(values, lag) / power) * (values.length / (values.length - lag));
}

function productAt(values: Float32Array, lag: number): number {
  let sum = 0;
  for (let index = lag; index < values.length; index++)
    sum += (values[index] as number) * (values[index - lag] as number);
  return sum;
}

/** Distribution function of the standard normal: Abramowitz and Stegun, 26.2.17. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}
