import type { Kept } from '../engine/arrangement.js';
import { compareRanks } from '../objective/compare.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';

/** A configuration, and what it is worth. */
export interface Found extends Kept {
  unmetMbps: number;
  /** By rank. */
  values: ArrayLike<number>;
}

/** What a configuration reaches at most: no less unmet, and no better first rank. */
export interface Reach {
  unmetMbps: number;
  /** Of the first rank; infinite where nothing is known. */
  value: number;
}

const unmetTolerance = 1e-6;
const valueTolerance = 1e-9;

/** The best configuration so far, and what could still be better. */
export class Incumbent {
  found: Found | null = null;
  readonly #ranks: CompiledObjective['ranks'];
  /** 1 where the first rank is maximised, else -1. */
  readonly sign: 1 | -1;

  constructor(ranks: CompiledObjective['ranks']) {
    this.#ranks = ranks;
    this.sign = ranks[0]?.goal === 'minimise' ? -1 : 1;
  }

  /** All demand is met: only configurations that overload nothing can be better. */
  get isAllMet(): boolean {
    return this.found !== null && this.found.unmetMbps <= unmetTolerance;
  }

  /** Whether what reaches that far at most might be better. */
  couldImprove(unmetMbps: number, value: number): boolean {
    if (this.found === null) return true;
    const more = unmetMbps - this.found.unmetMbps;
    if (Math.abs(more) > unmetTolerance) return more < 0;
    const own = this.found.values[0] as number;
    const gain = this.sign * (value - own);
    const rounding = valueTolerance * Math.max(1, Math.abs(own));
    return this.#ranks.length > 1 ? gain >= -rounding : gain > rounding;
  }

  /** Most unmet demand of what is as good. */
  get mostUnmetMbps(): number {
    return this.found === null ? Number.POSITIVE_INFINITY : this.found.unmetMbps + unmetTolerance;
  }

  offer(found: Found): void {
    if (this.found !== null) {
      const more = found.unmetMbps - this.found.unmetMbps;
      if (more > unmetTolerance) return;
      if (more >= -unmetTolerance && compareRanks(this.#ranks, found.values, this.found.values) <= 0) return;
    }
    this.found = found;
  }
}
