import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type RateGoal,
  type RateState,
  type RateVerdict,
  rateStart,
  rateStep,
} from '../../../agents/vsched/rate-control.js';
import { SeededNoise } from '../wren/seeded-noise.js';

/** An application whose rate follows its share, late and with noise. */
interface Plant {
  /** Rate at all of a processor. */
  full: number;
  /** Rate goes with the share to this power. */
  power: number;
  /** Part of the way to a new rate that is left after a step. */
  lag: number;
  /** Steps until a new share shows at all. */
  delay: number;
  /** Of a sample, relative. */
  noise: number;
  seed: number;
}

const plants = fc.record({
  full: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  power: fc.double({ min: 0.6, max: 1.4, noNaN: true }),
  lag: fc.double({ min: 0, max: 0.5, noNaN: true }),
  delay: fc.integer({ min: 0, max: 1 }),
  noise: fc.double({ min: 0, max: 0.05, noNaN: true }),
  seed: fc.integer(),
});

interface Step {
  sharePpm: number;
  /** Without noise. */
  rate: number;
  verdict: RateVerdict['kind'];
  state: RateState;
}

function played(plant: Plant, goal: RateGoal, startPpm: number, steps: number, changed = 1): Step[] {
  const noise = new SeededNoise(plant.seed);
  let state = rateStart(startPpm, goal);
  const shares = Array.from({ length: plant.delay + 1 }, () => state.sharePpm);
  const rateAt = (sharePpm: number, full: number) => full * (sharePpm / 1e6) ** plant.power;
  let rate = rateAt(state.sharePpm, plant.full);
  return Array.from({ length: steps }, (_, step): Step => {
    const full = step < steps / 2 ? plant.full : plant.full * changed;
    rate += (1 - plant.lag) * (rateAt(shares[0] ?? 0, full) - rate);
    const sample = rate * (1 + plant.noise * (2 * noise.uniform() - 1));
    const stepped = rateStep(state, sample, goal);
    state = stepped.state;
    shares.push(state.sharePpm);
    shares.shift();
    return { sharePpm: state.sharePpm, rate, verdict: stepped.verdict.kind, state };
  });
}

const goalOf = (plant: Plant, sharePpm: number, leastPpm: number, mostPpm: number): RateGoal => {
  return { rate: plant.full * (sharePpm / 1e6) ** plant.power, leastPpm, mostPpm };
};

describe('a rate that is held by the share of a processor', () => {
  const shares = fc.integer({ min: 50_000, max: 800_000 });

  it('is met from wherever it begins, and again after the application has changed, and stays there', () => {
    fc.assert(
      fc.property(
        plants,
        shares,
        shares,
        fc.double({ min: 0.6, max: 1.6, noNaN: true }),
        (plant, ask, start, changed) => {
          const goal = goalOf(plant, ask, 10_000, 950_000);
          const steps = played(plant, goal, start, 160, changed);
          const needed = 1e6 * (goal.rate / (plant.full * changed)) ** (1 / plant.power);
          for (const [from, isReachable] of [
            [50, true],
            [130, needed > 11_000 && needed < 900_000],
          ] as const) {
            if (!isReachable) continue;
            for (const { rate, verdict } of steps.slice(from, from + 30)) {
              expect(Math.abs(rate / goal.rate - 1)).toBeLessThan(0.025 + 1.5 * plant.noise);
              expect(['held', 'steering']).toContain(verdict);
            }
          }
        },
      ),
      { seed: 66, numRuns: 500 },
    );
  });

  it('never takes the share out of its bounds', () => {
    fc.assert(
      fc.property(
        plants,
        shares,
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(1_000_000),
        (plant, ask, least, more) => {
          const goal = goalOf(plant, ask, least, Math.min(1_000_000, least + more));
          for (const { sharePpm } of played(plant, goal, 300_000, 60, 3)) {
            expect(sharePpm).toBeGreaterThanOrEqual(goal.leastPpm);
            expect(sharePpm).toBeLessThanOrEqual(goal.mostPpm);
          }
        },
      ),
      { seed: 67, numRuns: 300 },
    );
  });

  it('swings no more than noise makes it', () => {
    fc.assert(
      fc.property(plants, shares, (plant, ask) => {
        const steps = played(plant, goalOf(plant, ask, 10_000, 950_000), ask, 100).slice(50);
        const all = steps.map(({ sharePpm }) => sharePpm);
        expect(Math.max(...all) / Math.min(...all)).toBeLessThan(1.03 + 2 * plant.noise);
      }),
      { seed: 68, numRuns: 300 },
    );
  });

  it('is said to need more than it may have, and about how much; and winds nothing up meanwhile', () => {
    const plant = { full: 1000, power: 1, lag: 0.3, delay: 1, noise: 0.02, seed: 5 };
    const goal = goalOf(plant, 600_000, 50_000, 400_000);
    const steps = played(plant, goal, 100_000, 200, 2);
    expect(steps.slice(30, 100).every(({ verdict }) => verdict === 'too-little')).toBe(true);
    const found = rateStep(steps[99]?.state ?? rateStart(1, goal), 400, goal).verdict;
    expect(found).toMatchObject({ kind: 'too-little' });
    if (found.kind === 'too-little') expect(Math.abs(found.neededPpm - 600_000)).toBeLessThan(20_000);
    // The application becomes twice as fast: the share begins to fall with the first samples that show it.
    expect(steps[104]?.sharePpm).toBeLessThan(400_000);
    expect(steps.at(-1)?.rate).toBeCloseTo(600, -1.5);
  });

  it('is said to be more than asked for where it may not have less', () => {
    const plant = { full: 1000, power: 1, lag: 0, delay: 0, noise: 0, seed: 5 };
    const steps = played(plant, goalOf(plant, 50_000, 100_000, 900_000), 500_000, 60);
    expect(steps.at(-1)).toMatchObject({ sharePpm: 100_000, verdict: 'too-much' });
  });

  it('gives an application that counts nothing no more', () => {
    const goal = { rate: 10, leastPpm: 1000, mostPpm: 900_000 };
    const { state, verdict } = rateStep(rateStart(200_000, goal), 0, goal);
    expect([state.sharePpm, verdict]).toEqual([200_000, { kind: 'silent' }]);
  });
});
