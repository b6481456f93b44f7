/**
 * Period at which series repeat together, in samples; null if they do not. Series are equally spaced, of equal length, and count by
 * the size of their swings. `expected`: a period that was found before, which it takes less to confirm than a new one to find.
 *
 * Autocorrelation, summed over series, has a peak at the period; a step or a drift has none, and noise only low ones.
 */
export function periodOf(series: readonly (readonly number[])[], expected: number | null): number | null {
  const length = series[0]?.length ?? 0;
  const longest = Math.floor(length / wholePeriods);
  const centred = series.map(deviations);
  const power = centred.reduce((sum, each) => sum + each.reduce((of, value) => of + value * value, 0), 0) / length;
  const mean = series.reduce((sum, each) => sum + average(each) ** 2, 0);
  if (longest < 2 || power <= leastSwing ** 2 * mean) return null;
  const likeness = Array.from({ length: longest + 2 }, (_, lag) => likenessAt(centred, lag) / power);
  const found = firstPeak(likeness, longest);
  if (found !== null) return refined(likeness, found, longest);
  if (expected === null) return null;
  const near = Math.round(expected);
  return (likeness[near] ?? 0) >= confirmed ? expected : null;
}

/** How many periods must have been seen. */
const wholePeriods = 2.5;
/** Swings smaller than this share of the mean do not matter. */
const leastSwing = 0.2;
/** Autocorrelation from which on a peak is one. */
const recognised = 0.5;
/** How much lower autocorrelation must have been before the peak. */
const leastDip = 0.4;
/** Autocorrelation with which a period that is known already holds. */
const confirmed = 0.3;
/** A shorter lag wins if its peak is at least this share of the highest: multiples of a period are peaks too. */
const nearlyHighest = 0.85;

function likenessAt(centred: readonly (readonly number[])[], lag: number): number {
  let sum = 0;
  let overlap = 1;
  for (const each of centred) {
    overlap = each.length - lag;
    for (let index = 0; index < overlap; index++) sum += (each[index] ?? 0) * (each[index + lag] ?? 0);
  }
  return sum / overlap;
}

function firstPeak(likeness: readonly number[], longest: number): number | null {
  const at = (lag: number) => likeness[lag] ?? -1;
  const peaks: number[] = [];
  let lowest = 1;
  for (let lag = 1; lag <= longest; lag++) {
    const isPeak = lag >= 2 && at(lag) >= at(lag - 1) && at(lag) >= at(lag + 1);
    if (isPeak && at(lag) >= recognised && at(lag) - lowest >= leastDip) peaks.push(lag);
    lowest = Math.min(lowest, at(lag));
  }
  const highest = Math.max(...peaks.map(at));
  return peaks.find((lag) => at(lag) >= nearlyHighest * highest) ?? null;
}

/** The further a multiple of the period, the more exactly its peak tells the period. */
function refined(likeness: readonly number[], peak: number, longest: number): number {
  let period = vertex(likeness, peak);
  for (let multiple = 2; multiple * period <= longest; multiple++) {
    const near = Math.round(multiple * period);
    const lags = [near - 1, near, near + 1].filter((lag) => lag <= longest);
    const best = lags.reduce((a, b) => ((likeness[b] ?? -1) > (likeness[a] ?? -1) ? b : a));
    if ((likeness[best] ?? -1) < recognised) break;
    period = vertex(likeness, best) / multiple;
  }
  return period;
}

/** Where the parabola through a peak and its neighbours is highest. */
function vertex(likeness: readonly number[], peak: number): number {
  const [left, middle, right] = [likeness[peak - 1] ?? 0, likeness[peak] ?? 0, likeness[peak + 1] ?? 0];
  const bend = left - 2 * middle + right;
  return bend >= 0 ? peak : peak + Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend)));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviations(values: readonly number[]): number[] {
  const mean = average(values);
  return values.map((value) => value - mean);
}
