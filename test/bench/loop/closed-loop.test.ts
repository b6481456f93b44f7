import { describe, expect, it } from 'vitest';
import { drawTrial, trialKinds } from '../../../bench/loop/drawn-trial.js';
import { runTrial } from '../../../bench/loop/run-trial.js';
import { VirtualClock } from '../../../bench/loop/virtual-clock.js';

/** One of each kind; `npm run bench -- loop` plays two hundred. */
const seeds = [6, 1, 2, 3, 4, 11];

describe('the closed loop', () => {
  it.each(seeds)('reaches what an oracle would, and comes to rest: seed %i', { timeout: 120_000 }, async (seed) => {
    const { checks, ...result } = await runTrial(drawTrial(seed));
    for (const { ratio } of checks) expect(ratio).toBeGreaterThanOrEqual(0.95);
    expect(result).toMatchObject({ lateSteps: 0, ok: true });
  });

  it('is tried in every kind of scenario', () => {
    expect(seeds.map((seed) => drawTrial(seed).kind)).toEqual(trialKinds);
  });

  it('plays the same for the same seed', { timeout: 120_000 }, async () => {
    const play = async () => {
      const told: string[] = [];
      const result = await runTrial(drawTrial(2), (line) => told.push(line));
      return { told, result };
    };
    const first = await play();
    expect(first.told.length).toBeGreaterThan(4);
    expect(await play()).toEqual(first);
  });
});

describe('virtual time', () => {
  it('goes from one thing to the next, and lets each have its consequences first', async () => {
    const clock = new VirtualClock(1000);
    const seen: string[] = [];
    const note = (what: string) => seen.push(`${clock.nowMs()} ${what}`);
    clock.after(20, () => note('second'));
    clock.after(10, () => {
      void Promise.resolve().then(() => clock.after(5, () => note('consequence')));
      note('first');
    });
    clock.after(12, () => note('called off'))();
    clock.after(31, () => note('too late'));
    await clock.run(1030);
    expect(seen).toEqual(['1010 first', '1015 consequence', '1020 second']);
    expect(clock.nowMs()).toBe(1030);
    await clock.run(1031);
    expect(seen.at(-1)).toBe('1031 too late');
  });
});
