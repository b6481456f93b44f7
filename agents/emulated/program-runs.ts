import type { Application } from './application.js';
import { ProgramRun, type Progress } from './program-run.js';
import type { Flow } from './route.js';

/** All programs of a scenario as they run together. Rates are those of `flows`, in the same order. */
export class ProgramRuns {
  readonly #runs: ProgramRun[];

  constructor(applications: readonly Application[], seed: number, atMs = 0) {
    this.#runs = applications.map((application, key) => new ProgramRun(application, seed, key, atMs));
  }

  flows(): Flow[] {
    return this.#runs.flatMap((run) => run.flows());
  }

  nextChangeMs(ratesMbps: ArrayLike<number>): number {
    const parts = this.#parts(ratesMbps);
    return Math.min(Number.POSITIVE_INFINITY, ...this.#runs.map((run, i) => run.nextChangeMs(parts[i] ?? [])));
  }

  goOn(toMs: number, ratesMbps: ArrayLike<number>): void {
    const parts = this.#parts(ratesMbps);
    this.#runs.forEach((run, i) => {
      run.goOn(toMs, parts[i] ?? []);
    });
  }

  /** Program by program. */
  progress(): Progress[] {
    return this.#runs.map((run) => run.progress());
  }

  #parts(ratesMbps: ArrayLike<number>): number[][] {
    let first = 0;
    return this.#runs.map(({ pairs }) => {
      const part = pairs.map((_, i) => ratesMbps[first + i] ?? 0);
      first += pairs.length;
      return part;
    });
  }
}

/** What programs got between two times, in Mb/s: over whole iterations, where any ended. */
export function throughputBetween(before: readonly Progress[], after: readonly Progress[]): number {
  return after.reduce((sum, end, program) => {
    const start = before[program];
    if (!start) return sum;
    const isWhole = end.iteration.atMs > start.iteration.atMs;
    const [from, to] = isWhole ? [start.iteration, end.iteration] : [start.now, end.now];
    return sum + ((to.megabits - from.megabits) / (to.atMs - from.atMs)) * 1000;
  }, 0);
}
