export interface Task {
  periodUs: number;
  sliceUs: number;
}

/**
 * Whether some task misses a deadline under earliest deadline first on one processor, all released at once, within the time after which
 * everything repeats: played job by job, with whole numbers.
 */
export function missesDeadline(tasks: readonly Task[]): boolean {
  const end = tasks.reduce((sum, { periodUs }) => leastCommonMultiple(sum, periodUs), 1);
  const left = tasks.map(({ sliceUs }) => sliceUs);
  const release = tasks.map(() => 0);
  let now = 0;
  while (now < end) {
    const next = Math.min(...tasks.map(({ periodUs }, task) => (release[task] ?? 0) + periodUs));
    while (now < next) {
      const running = earliest(tasks, left, release);
      if (running < 0) break;
      const spent = Math.min(left[running] ?? 0, next - now);
      left[running] = (left[running] ?? 0) - spent;
      now += spent;
    }
    now = next;
    for (const [task, { periodUs, sliceUs }] of tasks.entries()) {
      if ((release[task] ?? 0) + periodUs !== now) continue;
      if ((left[task] ?? 0) > 0) return true;
      left[task] = sliceUs;
      release[task] = now;
    }
  }
  return false;
}

function earliest(tasks: readonly Task[], left: readonly number[], release: readonly number[]): number {
  let found = -1;
  let first = Number.POSITIVE_INFINITY;
  for (const [task, { periodUs }] of tasks.entries()) {
    const deadline = (release[task] ?? 0) + periodUs;
    if ((left[task] ?? 0) > 0 && deadline < first) [found, first] = [task, deadline];
  }
  return found;
}

export function leastCommonMultiple(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return (a / larger) * b;
}
