import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Processors, RunningSchedule, Schedule } from '../../../reconciler/model/schedule.js';
import { admits } from '../../../reconciler/vsched/admission.js';
import { fitsProcessors, partition } from '../../../reconciler/vsched/partition.js';
import { hasPartition } from './has-partition.js';

const period = fc.constantFrom(1000, 2000, 3000, 5000, 7000, 10_000, 16_000, 50_000);
const scheduleUpTo = (most: number, threads: number): fc.Arbitrary<Schedule> =>
  fc
    .record({
      periodUs: period,
      share: fc.integer({ min: 5, max: most }),
      threads: fc.integer({ min: 1, max: threads }),
    })
    .map(({ periodUs, share, threads: count }) => ({
      periodUs,
      sliceUs: Math.floor((periodUs * share) / 100),
      threads: count,
    }));
const schedule = (periodUs: number, sliceUs: number, threads = 1): Schedule => ({ periodUs, sliceUs, threads });

/** No processor holds more than it may, and threads of one schedule are apart. */
function expectKept(
  schedules: readonly Schedule[],
  { count, reservedPpm }: Processors,
  cpus: readonly number[][],
): void {
  for (const [place, { threads }] of schedules.entries()) {
    expect(new Set(cpus[place]).size).toBe(threads);
    expect(cpus[place]?.every((cpu) => cpu >= 0 && cpu < count)).toBe(true);
  }
  for (let cpu = 0; cpu < count; cpu++) {
    const there = schedules.filter((_, place) => cpus[place]?.includes(cpu));
    expect(admits(there, reservedPpm)).toBe(true);
  }
}

describe('a partition', () => {
  it('exists exactly where trying all finds one', () => {
    const seen = { partition: 0, none: 0 };
    fc.assert(
      fc.property(
        fc.array(scheduleUpTo(70, 2), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0, 50_000, 100_000),
        (schedules, count, reservedPpm) => {
          const processors = { count, reservedPpm };
          const found = partition(schedules, processors);
          seen[found.kind]++;
          expect(found.kind === 'partition').toBe(hasPartition(schedules, processors));
          expect(fitsProcessors(schedules, processors)).toBe(found.kind === 'partition' ? 'fits' : 'none');
        },
      ),
      { seed: 8, numRuns: 600 },
    );
    expect(Math.min(seen.partition, seen.none)).toBeGreaterThan(60);
  });

  it('never puts more on a processor than it may hold, whatever ran where', () => {
    const running = scheduleUpTo(60, 3).chain((each) =>
      fc.record({
        periodUs: fc.constant(each.periodUs),
        sliceUs: fc.constant(each.sliceUs),
        threads: fc.constant(each.threads),
        cpus: fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(running, { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (schedules, count) => {
        const processors = { count, reservedPpm: 100_000 };
        const found = partition(schedules, processors);
        if (found.kind === 'partition') expectKept(schedules, processors, found.cpus);
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  it('is known to exist or not for a dozen schedules that fill eight processors', () => {
    fc.assert(
      fc.property(fc.array(scheduleUpTo(90, 1), { minLength: 12, maxLength: 12 }), (schedules) => {
        const found = partition(schedules, { count: 8, reservedPpm: 0 });
        if (found.kind === 'none') expect(found.isProved).toBe(true);
      }),
      { seed: 10, numRuns: 200 },
    );
  });

  it('leaves what runs where it runs', () => {
    fc.assert(
      fc.property(fc.array(scheduleUpTo(40, 2), { minLength: 1, maxLength: 10 }), (schedules) => {
        const processors = { count: 4, reservedPpm: 0 };
        const first = partition(schedules, processors);
        if (first.kind !== 'partition') return;
        const swapped = first.cpus.map((cpus) => cpus.map((cpu) => 3 - cpu));
        const running: RunningSchedule[] = schedules.map((each, place) => ({ ...each, cpus: swapped[place] ?? [] }));
        const sorted = swapped.map((cpus) => [...cpus].sort((a, b) => a - b));
        expect(partition(running, processors)).toEqual({ kind: 'partition', cpus: sorted });
        const fewer = partition(running.slice(1), processors);
        expect(fewer).toEqual({ kind: 'partition', cpus: sorted.slice(1) });
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('moves as few as it has to: one of two goes aside for a newcomer', () => {
    const running = [
      { ...schedule(10_000, 4000), cpus: [0] },
      { ...schedule(10_000, 3500), cpus: [1] },
    ];
    const found = partition([...running, schedule(10_000, 7000)], { count: 2, reservedPpm: 0 });
    expect(found).toEqual({ kind: 'partition', cpus: [[1], [1], [0]] });
  });

  it('gives each thread of a gang a processor of its own', () => {
    const gang = schedule(20_000, 10_000, 3);
    expect(partition([gang, gang], { count: 3, reservedPpm: 0 })).toEqual({
      kind: 'partition',
      cpus: [
        [0, 1, 2],
        [0, 1, 2],
      ],
    });
    expect(partition([gang], { count: 2, reservedPpm: 0 })).toEqual({ kind: 'none', isProved: true });
    expect(partition([gang, gang], { count: 3, reservedPpm: 1 })).toEqual({ kind: 'none', isProved: true });
  });

  it('is found without going back on large hosts', () => {
    const schedules = Array.from({ length: 200 }, (_, place) =>
      schedule(1000 * (1 + (place % 7)), 300 + (place % 5) * 50),
    );
    const processors = { count: 64, reservedPpm: 50_000 };
    const found = partition(schedules, processors);
    expect(found.kind).toBe('partition');
    if (found.kind === 'partition') expectKept(schedules, processors, found.cpus);
  });
});
