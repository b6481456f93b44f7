/** A value that is constant between instants: 0 before the first. */
export interface StepFunction {
  /** Ascending. */
  timesMs: readonly number[];
  values: readonly number[];
}

export function valueAt(steps: StepFunction, atMs: number): number {
  return steps.values[stepsUntil(steps, atMs) - 1] ?? 0;
}

/** The first instant after `atMs` at which the value may be another; Infinity if there is none. */
export function nextStepMs(steps: StepFunction, atMs: number): number {
  return steps.timesMs[stepsUntil(steps, atMs)] ?? Number.POSITIVE_INFINITY;
}

export function meanBetween(steps: StepFunction, fromMs: number, toMs: number): number {
  let area = 0;
  for (let atMs = fromMs; atMs < toMs; ) {
    const endMs = Math.min(toMs, nextStepMs(steps, atMs));
    area += valueAt(steps, atMs) * (endMs - atMs);
    atMs = endMs;
  }
  return area / (toMs - fromMs);
}

/** How many steps have happened, one at `atMs` itself included. */
function stepsUntil({ timesMs }: StepFunction, atMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
