/** A packet that crossed from one host to another, in microseconds. */
export interface Crossing {
  /** When it came, on the receiver's monotonic clock. */
  atUs: number;
  /** That less when it left, on the sender's monotonic clock: no less than by how much the receiver's clock is ahead. */
  differenceUs: number;
}

/** So long a packet tells something of the clocks. */
export const crossingMemoryUs = 120e6;

/** Packets of one direction that tell most: of their differences over time, the lower convex hull. */
export class Crossings {
  #hull: Crossing[] = [];

  get points(): readonly Crossing[] {
    return this.#hull;
  }

  /** Late ones change nothing. */
  add(crossing: Crossing): void {
    const hull = this.#hull;
    const newest = hull.at(-1);
    if (newest && crossing.atUs <= newest.atUs) return;
    while (hull.length >= 2 && isAboveChord(hull.at(-2), hull.at(-1), crossing)) hull.pop();
    hull.push(crossing);
    this.#hull = hull.filter(({ atUs }) => atUs > crossing.atUs - crossingMemoryUs);
  }

  /** Forgets all but the newest, which older ones contradict. */
  beginAnew(): void {
    this.#hull = this.#hull.slice(-1);
  }
}

function isAboveChord(from: Crossing | undefined, middle: Crossing | undefined, to: Crossing): boolean {
  if (!from || !middle) return false;
  const rise = (to.differenceUs - from.differenceUs) / (to.atUs - from.atUs);
  return middle.differenceUs >= from.differenceUs + rise * (middle.atUs - from.atUs);
}
