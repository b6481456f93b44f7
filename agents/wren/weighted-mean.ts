/** A rate seen for some time. */
export interface RateSample {
  rate: number;
  weightNs: number;
}

export interface WeightedMean {
  mean: number;
  /** Standard error. */
  error: number;
  /** Degrees of freedom that the error rests on. */
  freedom: number;
}

/**
 * Mean of rates by the time for which each was seen. Its error is that of the differences between them, and never under the one from
 * chance, where `variance` is that of a rate seen for one ns.
 */
export function weightedMean(samples: RateSample[], variance: number): WeightedMean {
  const total = samples.reduce((sum, { weightNs }) => sum + weightNs, 0);
  const mean = samples.reduce((sum, { rate, weightNs }) => sum + weightNs * rate, 0) / total;
  const spread = samples.reduce((sum, { rate, weightNs }) => sum + (weightNs * (rate - mean)) ** 2, 0);
  const squares = samples.reduce((sum, { weightNs }) => sum + weightNs * weightNs, 0);
  const effective = (total * total) / squares;
  const clustered =
    effective > 1 ? (spread / (total * total)) * (effective / (effective - 1)) : Number.POSITIVE_INFINITY;
  const chance = Math.max(variance, 1e-12) / total;
  return { mean, error: Math.sqrt(Math.max(clustered, chance)), freedom: Math.max(1, effective - 1) };
}

/** 97.5 % quantile of Student's distribution, within 2 % from 3 degrees of freedom (Cornish and Fisher, 1938). */
export function studentQuantile(freedom: number): number {
  const z = 1.959964;
  const v = Math.max(2.5, freedom);
  const first = (z ** 3 + z) / (4 * v);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v * v);
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3);
  return z + first + second + third;
}
