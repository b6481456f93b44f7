const binNs = 1e9;
/** Bins over which the line under the delays is laid. */
const lineBins = 30;
/** Bins over which the smallest delay is remembered. */
const bins = 60;
const largestDriftPpm = 200;

/**
 * The delay of a packet that meets no queue: a line under all delays of the last 30 s, level for one clock, and tilted by the
 * drift for two. It falls at once, and rises when what held it down is 30 s old.
 */
export class BaseDelay {
  readonly #hasTwoClocks: boolean;
  readonly #atNs = new Float64Array(bins);
  readonly #delayNs = new Float64Array(bins).fill(Number.POSITIVE_INFINITY);
  #bin = Number.NEGATIVE_INFINITY;
  #binEndNs = Number.NEGATIVE_INFINITY;
  #slot = 0;
  // The line: level at `originNs`, and rise in ns a ns.
  #originNs = 0;
  #levelNs = Number.POSITIVE_INFINITY;
  #rise = 0;
  #isRiseKnown = false;

  constructor(hasTwoClocks: boolean) {
    this.#hasTwoClocks = hasTwoClocks;
  }

  /** How much longer than the base a packet took, never negative. Times must not go back by more than a bin. */
  excessNs(atNs: number, delayNs: number): number {
    if (atNs >= this.#binEndNs) this.#openBin(atNs);
    const tilt = this.#rise * (atNs - this.#originNs);
    const excess = delayNs - tilt - this.#levelNs;
    const slot = this.#slot;
    const lowest = this.#delayNs[slot] as number;
    if (delayNs - tilt < lowest - this.#rise * ((this.#atNs[slot] as number) - this.#originNs)) {
      this.#delayNs[slot] = delayNs;
      this.#atNs[slot] = atNs;
    }
    if (excess >= 0) return excess;
    this.#levelNs = delayNs - tilt;
    return 0;
  }

  /** Smallest delay of the last minute; undefined if there was no packet. */
  minimumNs(nowNs: number): number | undefined {
    let minimum = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < bins; slot += 1)
      if ((this.#atNs[slot] as number) > nowNs - bins * binNs)
        minimum = Math.min(minimum, this.#delayNs[slot] as number);
    return minimum === Number.POSITIVE_INFINITY ? undefined : minimum;
  }

  /** Forgets what was seen, for delays that are computed otherwise from now on; the drift stays known. */
  forget(): void {
    this.#delayNs.fill(Number.POSITIVE_INFINITY);
    this.#atNs.fill(0);
    this.#levelNs = Number.POSITIVE_INFINITY;
  }

  #openBin(atNs: number): void {
    const bin = Math.floor(atNs / binNs);
    const skipped = Math.min(bins, bin - this.#bin - 1);
    for (let k = 0; k <= skipped; k += 1) {
      this.#slot = (this.#slot + 1) % bins;
      this.#delayNs[this.#slot] = Number.POSITIVE_INFINITY;
      this.#atNs[this.#slot] = 0;
    }
    this.#bin = bin;
    this.#binEndNs = (bin + 1) * binNs;
    this.#layLine(atNs);
  }

  #layLine(nowNs: number): void {
    const points = this.#points();
    if (points.length === 0) return;
    if (this.#hasTwoClocks) this.#findRise(points);
    this.#originNs = nowNs;
    this.#levelNs = Math.min(...points.map(({ atNs, delayNs }) => delayNs - this.#rise * (atNs - nowNs)));
  }

  #points(): { atNs: number; delayNs: number }[] {
    const points: { atNs: number; delayNs: number }[] = [];
    for (let back = lineBins; back >= 0; back -= 1) {
      const slot = (this.#slot - back + bins) % bins;
      const delayNs = this.#delayNs[slot] as number;
      if (delayNs < Number.POSITIVE_INFINITY) points.push({ atNs: this.#atNs[slot] as number, delayNs });
    }
    return points;
  }

  /** The edge of the lower convex hull that spans the middle of the points: cf. Moon, Skelly and Towsley, 1999. */
  #findRise(points: { atNs: number; delayNs: number }[]): void {
    const first = points[0];
    const last = points.at(-1);
    if (points.length < 4 || !first || !last || last.atNs - first.atNs < 3.5e9) return;
    const middleNs = points.reduce((sum, { atNs }) => sum + atNs, 0) / points.length;
    const hull: { atNs: number; delayNs: number }[] = [];
    for (const point of points) {
      while (hull.length >= 2 && isAboveChord(hull.at(-2), hull.at(-1), point)) hull.pop();
      hull.push(point);
    }
    const right = hull.findIndex(({ atNs }) => atNs >= middleNs);
    const [from, to] = [hull[right - 1], hull[right]];
    if (!from || !to) return;
    const rise = (to.delayNs - from.delayNs) / (to.atNs - from.atNs);
    const limit = largestDriftPpm / 1e6;
    const found = Math.max(-limit, Math.min(limit, rise));
    // One second with a standing queue tilts the hull; drift changes slowly.
    const isEarly = !this.#isRiseKnown || last.atNs - first.atNs < 8e9;
    this.#rise = isEarly ? found : this.#rise + 0.2 * (found - this.#rise);
    this.#isRiseKnown = true;
  }
}

interface Point {
  atNs: number;
  delayNs: number;
}

function isAboveChord(from: Point | undefined, middle: Point | undefined, to: Point): boolean {
  if (!from || !middle) return false;
  const chord = (to.delayNs - from.delayNs) / (to.atNs - from.atNs);
  return middle.delayNs >= from.delayNs + chord * (middle.atNs - from.atNs);
}
