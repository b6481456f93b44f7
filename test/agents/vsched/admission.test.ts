import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { admits } from '../../../reconciler/vsched/admission.js';
import { describeLab } from '../../environment.js';
import { agentAdmits } from './agent-admits.js';
import { missesDeadline, type PeriodicTask, sharesFit } from './brute-force.js';
import { PureCore } from './pure-core.js';

/** Sets that are tried; `SCHEDULE_SETS=100000` is what the project promises. */
const sets = Number(process.env.SCHEDULE_SETS ?? 5000);

/** Their least common multiple is 120: short enough to try everything that can happen. */
const periods = [2, 3, 4, 5, 6, 8, 10, 12] as const;

const smallTask = fc
  .constantFrom(...periods)
  .chain((period) => fc.record({ period: fc.constant(period), slice: fc.integer({ min: 1, max: period }) }));
/** Mostly with shares that add up to about 1. */
const smallSet = fc.oneof(
  fc.array(smallTask, { minLength: 1, maxLength: 3 }),
  fc.array(
    smallTask.map(({ period, slice }) => ({ period, slice: Math.ceil(slice / 4) })),
    { minLength: 2, maxLength: 8 },
  ),
);
const reserve = fc.constantFrom(0, 50_000, 100_000, 200_000, 333_333, 500_000);

const longestUs = 31 * 24 * 3600 * 1e6;
const anyTask = fc
  .oneof(fc.integer({ min: 200, max: 100_000 }), fc.integer({ min: 200, max: longestUs }))
  .chain((period) => fc.record({ period: fc.constant(period), slice: fc.integer({ min: 1, max: period }) }));

describeLab('admission', ['clang', 'linux'], () => {
  let core: PureCore;

  beforeAll(() => {
    core = new PureCore();
  }, 60_000);

  it(`admits what meets all deadlines and keeps the reserve, and nothing else, wherever it is asked: ${sets} sets`, {
    timeout: 60_000 + 3 * sets,
  }, async () => {
    const seen = { admitted: 0, refused: 0, refusedForReserve: 0 };
    const property = fc.asyncProperty(smallSet, reserve, async (tasks, reservePpm) => {
      const fits = await admitted(tasks, reservePpm);
      const misses = missesDeadline(tasks);
      if (fits) {
        seen.admitted++;
        expect(misses).toBe(false);
        return;
      }
      expect(sharesFit(tasks, reservePpm)).toBe(false);
      if (misses) seen.refused++;
      else seen.refusedForReserve++;
      // What misses nothing is refused for the reserve alone.
      expect(await admitted(tasks, 0)).toBe(!misses);
    });
    await fc.assert(property, { seed: 6, numRuns: sets });
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(sets / 20);
  });

  /** By the plan, by an agent that is asked for one after the other, and by the core: they agree. */
  async function admitted(tasks: readonly PeriodicTask[], reservePpm: number): Promise<boolean> {
    const fits = core.fits(tasks, reservePpm);
    const schedules = tasks.map(({ period, slice }) => ({ periodUs: period, sliceUs: slice }));
    expect(admits(schedules, reservePpm)).toBe(fits);
    expect(await agentAdmits(schedules, reservePpm)).toBe(fits);
    return fits;
  }

  it('is exact for any periods and slices', () => {
    const property = fc.property(
      fc.array(anyTask, { minLength: 1, maxLength: 64 }),
      fc.nat(999_999),
      (tasks, reservePpm) => {
        const scaled = tasks.map(({ period, slice }) => ({
          period,
          slice: Math.max(1, Math.floor(slice / tasks.length)),
        }));
        for (const each of [tasks, scaled]) expect(core.fits(each, reservePpm)).toBe(sharesFit(each, reservePpm));
      },
    );
    fc.assert(property, { seed: 6, numRuns: 2_000 });
  });

  it('tells sets that fill the processor exactly from those that ask for a microsecond more in a month', () => {
    const property = fc.property(
      fc.uniqueArray(fc.integer({ min: 2, max: 30 }), { minLength: 2, maxLength: 64 }),
      fc.constantFrom(0, 250_000, 500_000),
      (weights, reservePpm) => {
        // Shares of weight/total in periods that differ, and the reserve's part of each left out.
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const tasks = weights.map((weight, index) => {
          const unit = 1_000_003 * (index + 1);
          return { period: 4 * total * unit, slice: weight * unit * (4 - reservePpm / 250_000) };
        });
        expect(core.fits(tasks, reservePpm)).toBe(true);
        expect(core.fits([...tasks, { period: longestUs, slice: 1 }].slice(-64), reservePpm)).toBe(tasks.length === 64);
      },
    );
    fc.assert(property, { seed: 6, numRuns: 500 });
  });
});
