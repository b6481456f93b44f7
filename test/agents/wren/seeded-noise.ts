/** Numbers that look random and come again with the same seed (mulberry32). */
export class SeededNoise {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  logUniform(low: number, high: number): number {
    return low * (high / low) ** this.uniform();
  }

  /** Heavy-tailed, with infinite variance for a shape under 2. */
  pareto(mean: number, shape: number): number {
    return ((mean * (shape - 1)) / shape) * (1 - this.uniform()) ** (-1 / shape);
  }
}
