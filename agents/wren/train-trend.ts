/** Thresholds of the pairwise comparison and difference tests: cf. Jain and Dovrolis, 2002. */
const rising = { comparison: 0.66, difference: 0.55 };
const flat = { comparison: 0.54, difference: 0.45 };

/** Whether delays rise along a train, from the medians of groups of about the square root of its length. */
export function trainTrend(delaysNs: Float64Array): 'rising' | 'flat' | 'unsure' {
  const medians = groupMedians(delaysNs);
  let ups = 0;
  let travelled = 0;
  for (let i = 1; i < medians.length; i += 1) {
    const step = (medians[i] as number) - (medians[i - 1] as number);
    if (step > 0) ups += 1;
    travelled += Math.abs(step);
  }
  const comparison = ups / (medians.length - 1);
  const difference = travelled === 0 ? 0 : ((medians.at(-1) as number) - (medians[0] as number)) / travelled;
  const isRising = comparison > rising.comparison || difference > rising.difference;
  const isFlat = comparison < flat.comparison || difference < flat.difference;
  if (isRising === isFlat) return 'unsure';
  return isRising ? 'rising' : 'flat';
}

function groupMedians(delaysNs: Float64Array): number[] {
  const groups = Math.max(3, Math.round(Math.sqrt(delaysNs.length)));
  const medians: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    const from = Math.floor((group * delaysNs.length) / groups);
    const sorted = delaysNs.slice(from, Math.floor(((group + 1) * delaysNs.length) / groups)).sort();
    medians.push(sorted[sorted.length >> 1] as number);
  }
  return medians;
}
