import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits } from '../../../reconciler/vsched/admission.js';
import { leastCommonMultiple, missesDeadline, type Task } from './earliest-deadline-first.js';

/** Task sets that are played; `SCHEDULE_SETS=100000` is what the project promises. */
const sets = Number(process.env.SCHEDULE_SETS ?? 4000);

/** Divisors of 5040, so that everything repeats soon. */
const period = fc.constantFrom(2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 28, 30, 35, 36, 40, 42);
const task = period.chain((periodUs) => fc.record({ periodUs: fc.constant(periodUs), sliceUs: fc.nat(periodUs) }));
/** Sets of which the last task takes about what the others leave: most are near the bound. */
const nearlyFull = fc.tuple(fc.array(task, { maxLength: 4 }), period, fc.integer({ min: -1, max: 1 })).map(fill);
const someSet = fc.oneof(
  { weight: 3, arbitrary: nearlyFull },
  { weight: 1, arbitrary: fc.array(task, { maxLength: 6 }) },
);

function fill([tasks, periodUs, more]: [Task[], number, number]): Task[] {
  const small = tasks.map((each) => ({ ...each, sliceUs: Math.floor(each.sliceUs / tasks.length) }));
  const { used, whole } = sum(small);
  const rest = Math.floor(((whole - used) / whole) * periodUs) + more;
  return [...small, { periodUs, sliceUs: Math.max(0, Math.min(periodUs, rest)) }];
}

/** Processor time in the time after which everything repeats. */
function sum(tasks: readonly Task[]): { used: number; whole: number } {
  const whole = tasks.reduce((all, { periodUs }) => leastCommonMultiple(all, periodUs), 1);
  return { whole, used: tasks.reduce((all, { periodUs, sliceUs }) => all + (whole / periodUs) * sliceUs, 0) };
}

describe('admission to a processor', () => {
  it('admits exactly what never misses a deadline when it is played', { timeout: 20_000 + 3 * sets }, () => {
    const seen = { admitted: 0, refused: 0 };
    fc.assert(
      fc.property(someSet, (tasks) => {
        const isAdmitted = admits(tasks, 0);
        seen[isAdmitted ? 'admitted' : 'refused']++;
        expect(missesDeadline(tasks)).toBe(!isAdmitted);
      }),
      { seed: 6, numRuns: sets },
    );
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(sets / 20);
  });

  it('refuses nothing that leaves the reserve', { timeout: 20_000 + 3 * sets }, () => {
    fc.assert(
      fc.property(someSet, fc.integer({ min: 0, max: 500_000 }), (tasks, reservedPpm) => {
        const { used, whole } = sum(tasks);
        expect(admits(tasks, reservedPpm)).toBe(used * 1e6 <= whole * (1e6 - reservedPpm));
      }),
      { seed: 7, numRuns: sets / 4 },
    );
  });

  it('does not round: thirds fill a processor, and a millionth of a millionth is too much', () => {
    const third = { periodUs: 3, sliceUs: 1 };
    expect(admits([third, third, third], 0)).toBe(true);
    const long = { periodUs: 1_000_000_000_000, sliceUs: 1 };
    expect(admits([third, third, third, long], 0)).toBe(false);
    expect(admits([{ periodUs: 10, sliceUs: 9 }], 100_000)).toBe(true);
    expect(admits([{ periodUs: 10, sliceUs: 9 }], 100_001)).toBe(false);
  });

  it('sums shares whose periods have no common measure', () => {
    const primes = [999_983, 999_979, 999_961, 999_959, 999_953, 999_931, 999_917, 999_907];
    const tasks = primes.map((periodUs) => ({ periodUs, sliceUs: Math.floor(periodUs / 8) }));
    expect(admits(tasks, 0)).toBe(true);
    expect(admits([...tasks, { periodUs: 1000, sliceUs: 1 }], 0)).toBe(false);
  });
});
