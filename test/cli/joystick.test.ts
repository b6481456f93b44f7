import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectOf, type Joystick, joystickOf, looked, step } from '../../cli/joystick-model.js';
import { joystickPicture, planeSize, type Screen } from '../../cli/joystick-picture.js';
import { schedulePlane } from '../../reconciler/api/schedule-view.js';
import type { Snapshot } from '../../reconciler/model/snapshot.js';
import { within } from '../../schema/adjusted-schedule.js';
import type { AdjustableVm } from '../../schema/generated/types.js';

const key = `sha256:${'A'.repeat(43)}=`;
const vm: AdjustableVm = {
  ...{ vm: 'web-1', cpus: [0], mode: 'strict', statedPeriodUs: 10_000, statedSliceUs: 3000 },
  ...{ periodUs: 20_000, sliceUs: 9000 },
  bounds: [{ key, leastPeriodUs: 2000, mostPeriodUs: 200_000, leastPpm: 100_000, mostPpm: 800_000 }],
};

/** web-1 beside another VM that has 35 % of the only processor. */
function snapshot(): Snapshot {
  const schedule = (sliceUs: number) => {
    return { periodUs: 10_000, sliceUs, threads: 1, mode: 'strict' as const, lockStep: false };
  };
  const capabilities = { schedules: { backend: 'edf', guarantee: 'each-period', floorUs: 1000, overheadUs: 15 } };
  return {
    hosts: [{ name: 'host-1', processors: { count: 1, reservedPpm: 50_000 }, capabilities }],
    vms: [
      { name: 'web-1', set: 'web', host: 'host-1', schedule: schedule(3000) },
      { name: 'db-1', set: 'db', host: 'host-1', schedule: schedule(3500) },
    ],
    current: new Map(),
  } as unknown as Snapshot;
}

function onScreen(screen: Screen, parts: Partial<Joystick> = {}): Joystick {
  const { periods, shares } = planeSize(screen);
  const ratio = 1000 ** (1 / (periods - 1));
  const plane = schedulePlane(snapshot(), 'web-1', {
    periodsUs: Array.from({ length: periods }, (_, place) => Math.round(500 * ratio ** place)),
    utilisations: Array.from({ length: shares }, (_, place) => (place + 1) / shares),
  });
  if (typeof plane === 'string') throw new Error(plane);
  return { ...joystickOf(vm), plane, ...parts };
}

const textOf = (joystick: Joystick, screen: Screen) =>
  joystickPicture(joystick, screen).map((line) => line.map(({ text }) => text).join(''));

describe('the picture of a joystick', () => {
  const looks = [0, 1, 2].map((second) => {
    return { atMs: 1000 * second, deliveredUs: 448_000 * second, periods: 50 * second, missed: second };
  });
  const refusal = 'Refused: 5.0 % of a processor too much; 12 ms in every 20 ms would be granted.';

  it.each([
    { columns: 80, rows: 24 },
    { columns: 100, rows: 30 },
  ])('fills $columns x $rows', async (screen) => {
    const joystick = onScreen(screen, { looks, message: refusal, chosen: { periodUs: 20_000, sliceUs: 13_000 } });
    const lines = textOf(joystick, screen);
    expect(lines).toHaveLength(screen.rows);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(screen.columns);
    await expect(`${lines.map((line) => line.trimEnd()).join('\n')}\n`).toMatchFileSnapshot(
      `../golden/joystick-${screen.columns}x${screen.rows}.txt`,
    );
  });

  it('fits any screen, and says so where nobody tells what is possible', () => {
    const screen = { columns: 40, rows: 12 };
    const lines = textOf(joystickOf(vm), screen);
    expect(lines).toHaveLength(12);
    expect(lines[1]).toBe('What is possible is not known: no reconc');
    expect(lines.every((line) => [...line].length <= 40)).toBe(true);
  });

  it('has what is impossible where admission says so', () => {
    const joystick = onScreen({ columns: 80, rows: 24 });
    const impossible = joystick.plane?.points.filter(({ verdict }) => verdict === 'no-room') ?? [];
    expect(impossible.length).toBeGreaterThan(100);
    expect(impossible.every(({ sliceUs, periodUs }) => sliceUs / periodUs > 0.6 - 1e-3)).toBe(true);
    const drawn = joystickPicture(joystick, { columns: 80, rows: 24 }).flat();
    const marks = drawn.filter(({ tone }) => tone === 'impossible').reduce((sum, { text }) => sum + text.length, 0);
    expect(marks).toBe(joystick.plane?.points.filter(({ verdict }) => verdict !== 'possible').length);
  });
});

describe('a joystick', () => {
  const bounds = [
    ...vm.bounds,
    { key, leastPeriodUs: 150_000, mostPeriodUs: 1_000_000, leastPpm: 50_000, mostPpm: 300_000 },
  ];
  const direction = fc.constantFrom('left', 'right', 'up', 'down');

  it('stays within the bounds wherever it is pushed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(direction, fc.boolean()), { maxLength: 60 }), (pushes) => {
        let joystick = joystickOf({ ...vm, bounds });
        for (const [to, isLarge] of pushes) {
          joystick = { ...joystick, chosen: step(joystick, to, isLarge) };
          expect(within(bounds, key, joystick.chosen)).toBe('granted');
        }
      }),
      { seed: 16, numRuns: 200 },
    );
  });

  it('goes the way it is pushed, further with large steps, and to the ends', () => {
    const from = joystickOf(vm);
    expect(step(from, 'right', false)).toEqual({ periodUs: 20_000, sliceUs: 9200 });
    expect(step(from, 'left', true)).toEqual({ periodUs: 20_000, sliceUs: 8000 });
    expect(step(from, 'up', false)).toEqual({ periodUs: 21_400, sliceUs: 9630 });
    expect(step(from, 'down', true).periodUs).toBe(14_100);
    let joystick = from;
    for (let push = 0; push < 60; push++) joystick = { ...joystick, chosen: step(joystick, 'up', true) };
    for (let push = 0; push < 60; push++) joystick = { ...joystick, chosen: step(joystick, 'right', true) };
    expect(joystick.chosen).toEqual({ periodUs: 200_000, sliceUs: 160_000 });
  });

  it('tells what the VM got under the schedule in force', () => {
    let joystick = joystickOf(vm);
    expect(effectOf(joystick)).toEqual({});
    joystick = looked(joystick, { ...vm, deliveredUs: 10_000, periods: 5, missed: 0 }, 1000);
    joystick = looked(joystick, { ...vm, deliveredUs: 100_000, periods: 15, missed: 1 }, 1200);
    expect(effectOf(joystick)).toEqual({ share: 0.45, periods: 10, missed: 1 });
    const other = looked(joystick, { ...vm, sliceUs: 4000, deliveredUs: 110_000, periods: 16, missed: 1 }, 1300);
    expect(effectOf(other)).toEqual({});
  });
});
