import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../environment.js';
import { sharesFit } from './brute-force.js';
import { PureCore, type VirtualTask } from './pure-core.js';

const task = fc.integer({ min: 100, max: 20_000 }).chain((period) =>
  fc.record({
    period: fc.constant(period),
    slice: fc.integer({ min: 1, max: period }),
    phase: fc.nat(20_000),
    awake: fc.constant(0),
  }),
);

/** A set that just fits: slices are made smaller until it does. */
function fitting(tasks: VirtualTask[]): VirtualTask[] {
  const total = tasks.reduce((sum, { period, slice }) => sum + slice / period, 0);
  const scaled = tasks.map((each) => ({ ...each, slice: Math.max(1, Math.floor(each.slice / Math.max(1, total))) }));
  return sharesFit(scaled, 0) ? scaled : fitting(scaled);
}

const fittingSet = fc.array(task, { minLength: 1, maxLength: 64 }).map(fitting);
const horizon = 200_000;

describeLab('earliest deadline first, in virtual time', ['clang', 'linux'], () => {
  let core: PureCore;

  beforeAll(() => {
    core = new PureCore();
  }, 60_000);

  it('gives every task exactly its slice in every period, whatever the phases', () => {
    const property = fc.property(fittingSet, fc.boolean(), (tasks, strict) => {
      core.play(tasks, horizon, { strict, leastWait: 0 }).forEach((delivered, index) => {
        const { period = 0, slice } = tasks[index] ?? {};
        expect(delivered.periods).toBeGreaterThanOrEqual(Math.floor(horizon / period) - 2);
        expect([delivered.shorts, delivered.least, delivered.most]).toEqual([0, slice, slice]);
      });
    });
    fc.assert(property, { seed: 6, numRuns: 300 });
  });

  it('lets a task that sleeps take nothing from others, nor save', () => {
    const sleepy = fc.tuple(fittingSet, fc.array(fc.nat(100), { minLength: 64, maxLength: 64 })).map(([tasks, parts]) =>
      tasks.map((each, index) => {
        const part = parts[index] ?? 0;
        return part > 50 ? { ...each, awake: Math.max(1, Math.floor((each.period * (part - 50)) / 50)) } : each;
      }),
    );
    const property = fc.property(sleepy, (tasks) => {
      core.play(tasks, horizon, { strict: true, leastWait: 0 }).forEach((delivered, index) => {
        const { slice = 0, awake } = tasks[index] ?? {};
        if (awake === 0) expect([delivered.shorts, delivered.least]).toEqual([0, slice]);
        expect(delivered.most).toBeLessThanOrEqual(slice);
      });
    });
    fc.assert(property, { seed: 6, numRuns: 300 });
  });

  it('is fair in the long run to whoever is looked at rarely', () => {
    const tasks: VirtualTask[] = [
      { period: 10_000, slice: 5_000, phase: 0, awake: 100 },
      { period: 20_000, slice: 6_000, phase: 0, awake: 0 },
      { period: 50_000, slice: 5_000, phase: 0, awake: 0 },
    ];
    const [, second, third] = core.play(tasks, 2_000_000, { strict: true, leastWait: 250 });
    for (const [delivered, slice] of [
      [second, 6_000],
      [third, 5_000],
    ] as const) {
      expect(delivered?.shorts).toBe(0);
      expect(delivered?.most).toBeLessThanOrEqual(slice + 250);
      expect(Math.abs((delivered?.used ?? 0) / (delivered?.periods ?? 1) - slice)).toBeLessThan(slice / 100);
    }
  });

  it.each([
    ['0.1 ms of 1 ms', 1_000_000, 100_000],
    ['0.3 ms of 1 ms', 1_000_000, 300_000],
    ['0.8 ms of 1 ms', 1_000_000, 800_000],
    ['3 ms of 10 ms', 10_000_000, 3_000_000],
    ['30 ms of 100 ms', 100_000_000, 30_000_000],
  ])('learns how a machine delays it: %s, with two decisions a period', (_, period, slice) => {
    // Nanoseconds, as on a virtual machine; the tuning is that of scheduler.c.
    const delays = { cost: 15_000, latency: 2_000 };
    const tuning = { tolerance: 10_000, leastRun: 9_000, mostLead: 20_000, leastWait: 250_000 };
    const tasks = [{ period, slice, phase: 0, awake: 0 }];
    const [delivered] = core.play(tasks, period * 2_000, { strict: true, ...delays, ...tuning });
    const { periods = 0, shorts = 0, used = 0 } = delivered ?? {};
    expect(shorts / periods).toBeLessThan(0.01);
    expect(Math.abs(used / periods - slice) / period).toBeLessThan(0.005);
    expect(core.lastSteps / periods).toBeLessThan(2.2);
  });

  it('lets tasks run even where to decide takes longer than they are let run', () => {
    const tuning = { tolerance: 10_000, leastRun: 9_000, mostLead: 20_000, leastWait: 250_000 };
    const tasks = [{ period: 10_000_000, slice: 3_000_000, phase: 0, awake: 0 }];
    const [delivered] = core.play(tasks, 1_000_000_000, { strict: true, cost: 100_000, latency: 50_000, ...tuning });
    expect(delivered?.shorts).toBe(0);
    expect(core.lastSteps).toBeLessThan(250);
  });

  it('keeps schedules of weeks beside those of days', () => {
    const hour = 3_600e9;
    const tasks = [
      { period: 24 * hour, slice: 18 * hour, phase: 5 * hour, awake: 0 },
      { period: 168 * hour, slice: 42 * hour, phase: 0, awake: 0 },
    ];
    const [days, weeks] = core.play(tasks, 24 * 60 * hour, { strict: true, leastWait: 250_000 });
    expect(days).toMatchObject({ shorts: 0, least: 18 * hour, most: 18 * hour });
    expect(weeks).toMatchObject({ periods: 8, shorts: 0, least: 42 * hour });
  });

  it('leaves some task short when more is asked for than there is', () => {
    const tasks = [1, 2, 3].map((factor) => ({ period: 1_000 * factor, slice: 400 * factor, phase: 0, awake: 0 }));
    const delivered = core.play(tasks, horizon, { strict: true, leastWait: 0 });
    expect(delivered.reduce((sum, { shorts }) => sum + shorts, 0)).toBeGreaterThan(10);
  });
});
