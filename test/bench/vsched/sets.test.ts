import { expect, it } from 'vitest';
import { mixed, periodsMs, singles } from '../../../bench/vsched/sets.js';
import { admits } from '../../../reconciler/vsched/admission.js';

const drawn = [3, 8].flatMap((count) => mixed(count, 4, 1, [0, 1]));

it('draws the same sets from the same seed, and others from another', () => {
  expect(mixed(8, 4, 1, [0, 1])).toEqual(mixed(8, 4, 1, [0, 1]));
  expect(mixed(8, 4, 2, [0, 1])).not.toEqual(mixed(8, 4, 1, [0, 1]));
});

it('asks of each processor for no more than is admitted, and for nearly all of it in the first set', () => {
  const sets = [...drawn, ...periodsMs.flatMap((ms) => singles(ms, [0, 1]))];
  for (const { tasks } of sets)
    for (const cpu of [0, 1])
      expect(
        admits(
          tasks.filter((task) => task.cpu === cpu),
          100_000,
        ),
      ).toBe(true);
  for (const { tasks } of drawn.filter(({ name }) => name.endsWith('a'))) {
    const share = tasks.reduce((sum, { sliceUs, periodUs }) => sum + sliceUs / periodUs, 0) / 2;
    expect(share).toBeGreaterThan(0.79);
  }
});

it('has as many tasks on every processor as it says', () => {
  for (const { name, tasks } of drawn) expect(tasks.length).toBe(2 * Number.parseInt(name, 10));
});
