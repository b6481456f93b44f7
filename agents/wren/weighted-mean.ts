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
 * Mean of rates that were seen for unequal times, under random effects: as far as samples differ by more than chance, each counts
 * alike, because a queue is busy for longer when there is more cross traffic; as far as not, each counts by its time. The weights
 * are those of DerSimonian and Laird (1986), the error is that of Hartung and Knapp (2001) and never under the one from chance.
 * `variance` is that of a rate seen for one ns.
 */
export function weightedMean(samples: RateSample[], variance: number): WeightedMean {
  const chance = Math.max(variance, 1e-12);
  const between = betweenVariance(samples, chance);
  const weights = samples.map(({ weightNs }) => 1 / (between + chance / weightNs));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = samples.reduce((sum, { rate }, i) => sum + (weights[i] as number) * rate, 0) / total;
  const spread = samples.reduce((sum, { rate }, i) => sum + ((weights[i] as number) * (rate - mean)) ** 2, 0);
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const effective = (total * total) / squares;
  const clustered =
    effective > 1 ? (spread / (total * total)) * (effective / (effective - 1)) : Number.POSITIVE_INFINITY;
  return { mean, error: Math.sqrt(Math.max(clustered, 1 / total)), freedom: Math.max(1, effective - 1) };
}

/** How much the samples' own rates vary, beyond what chance makes of them. */
function betweenVariance(samples: RateSample[], chance: number): number {
  const total = samples.reduce((sum, { weightNs }) => sum + weightNs / chance, 0);
  const squares = samples.reduce((sum, { weightNs }) => sum + (weightNs / chance) ** 2, 0);
  const mean = samples.reduce((sum, { rate, weightNs }) => sum + (weightNs / chance) * rate, 0) / total;
  const spread = samples.reduce((sum, { rate, weightNs }) => sum + (weightNs / chance) * (rate - mean) ** 2, 0);
  const scale = total - squares / total;
  return scale > 0 ? Math.max(0, (spread - (samples.length - 1)) / scale) : 0;
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
