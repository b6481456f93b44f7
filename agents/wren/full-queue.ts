const memoryNs = 10e9;
/** Of the deepest queue of the last some thousand packets; where packets are missing at less, they were just not captured. */
const deep = 0.7;
const forgetting = 0.9998;
const leastNs = 2e5;

/** How long the queue is when packets are lost: then cross traffic is lost too, and what arrives says too little of it. */
export class FullQueue {
  #deepestNs = 0;
  #fullNs = Number.POSITIVE_INFINITY;
  #untilNs = Number.NEGATIVE_INFINITY;

  /** A packet left so much work in the queue. */
  add(workNs: number): void {
    this.#deepestNs = Math.max(workNs, this.#deepestNs * forgetting);
  }

  /** Packets are missing after one that left so much work. */
  gap(atNs: number, workNs: number): void {
    if (workNs < leastNs || workNs < deep * this.#deepestNs) return;
    this.#fullNs = 0.9 * workNs;
    this.#untilNs = atNs + memoryNs;
  }

  isFull(atNs: number, workNs: number): boolean {
    return workNs > this.#fullNs && atNs < this.#untilNs;
  }
}
