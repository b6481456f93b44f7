import { readFileSync } from 'node:fs';

/** While it had the processor without a gap: CLOCK_MONOTONIC, and the kernel's clock of its processor time, in nanoseconds. */
export interface Run {
  begunNs: number;
  endedNs: number;
  begunUsedNs: number;
  endedUsedNs: number;
}

/** What a process had got at a time. */
export interface Got {
  /** Processor time, as the kernel says. */
  usedNs: number;
  /** As the process itself saw it: all the time in which it came forward. */
  ranNs: number;
}

const bytesOfRun = 32;

/** The notes of a stand-in (stand-in.c). */
export function readRuns(path: string): Run[] {
  const bytes = readFileSync(path);
  const number = (at: number): number => Number(bytes.readBigInt64LE(at));
  return Array.from({ length: number(0) }, (_, index) => {
    const at = 8 + index * bytesOfRun;
    return {
      begunNs: number(at),
      endedNs: number(at + 8),
      begunUsedNs: number(at + 16),
      endedUsedNs: number(at + 24),
    };
  });
}

/** What a process had got when, from its runs. */
export class Trace {
  readonly #runs: readonly Run[];
  /** Before each run. */
  readonly #ranNs: Float64Array;

  constructor(runs: readonly Run[]) {
    this.#runs = runs;
    this.#ranNs = new Float64Array(runs.length);
    let ranNs = 0;
    for (const [index, { begunNs, endedNs }] of runs.entries()) {
      this.#ranNs[index] = ranNs;
      ranNs += endedNs - begunNs;
    }
  }

  /** Since it began. Undefined before the first run and after the last: nothing is known of that time. */
  at(ns: number): Got | undefined {
    const index = this.#lastBegunBy(ns);
    const run = this.#runs[index];
    if (run === undefined) return undefined;
    const { begunNs, endedNs, begunUsedNs, endedUsedNs } = run;
    const ranBeforeNs = this.#ranNs[index] ?? 0;
    if (ns <= endedNs) {
      const part = endedNs === begunNs ? 0 : (ns - begunNs) / (endedNs - begunNs);
      return { usedNs: begunUsedNs + part * (endedUsedNs - begunUsedNs), ranNs: ranBeforeNs + (ns - begunNs) };
    }
    const next = this.#runs[index + 1];
    if (next === undefined) return undefined;
    // Leaving the processor and coming back cost the process something in the gap: half of it each.
    return { usedNs: (endedUsedNs + next.begunUsedNs) / 2, ranNs: ranBeforeNs + (endedNs - begunNs) };
  }

  /** Lengths of the times between two moments in which it did not run, in nanoseconds. */
  gapsNs(fromNs: number, toNs: number): number[] {
    return this.#runs.flatMap(({ endedNs }, index) => {
      const next = this.#runs[index + 1];
      if (next === undefined || endedNs < fromNs || next.begunNs > toNs) return [];
      return [next.begunNs - endedNs];
    });
  }

  #lastBegunBy(ns: number): number {
    let [low, high] = [-1, this.#runs.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#runs[middle]?.begunNs ?? Number.POSITIVE_INFINITY) <= ns) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
