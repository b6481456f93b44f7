import { expect, it } from 'vitest';
import { judge, judgeAtBest, noted, sampled } from '../../../bench/vsched/judge.js';
import { type Run, Trace } from '../../../bench/vsched/trace.js';

const ms = 1e6;

/** Runs from `at` on for `length`, in milliseconds, of which so much was a cost in the gap before. */
function runsOf(pieces: readonly (readonly [at: number, length: number])[], costMs = 0): Run[] {
  let usedNs = 0;
  return pieces.map(([at, length]) => {
    const begunUsedNs = usedNs + costMs * ms;
    usedNs = begunUsedNs + length * ms;
    return { begunNs: at * ms, endedNs: (at + length) * ms, begunUsedNs, endedUsedNs: usedNs };
  });
}

/** 3 ms of every 10 ms, late in its period every third time. */
const steady = Array.from({ length: 31 }, (_, period) => [period * 10 + (period % 3 === 0 ? 6 : 1), 3] as const);
const promised = { periodNs: 10 * ms, sliceNs: 3 * ms, fromNs: 10 * ms, toNs: 300 * ms, phaseNs: 0 };

it('tells what a process had got at any time, within runs and between them', () => {
  const trace = new Trace(
    runsOf([
      [0, 4],
      [10, 4],
    ]),
  );
  expect(trace.at(2 * ms)).toEqual({ usedNs: 2 * ms, ranNs: 2 * ms });
  expect(trace.at(7 * ms)).toEqual({ usedNs: 4 * ms, ranNs: 4 * ms });
  expect(trace.at(12 * ms)).toEqual({ usedNs: 6 * ms, ranNs: 6 * ms });
  expect(trace.at(-1)).toBeUndefined();
  expect(trace.at(15 * ms)).toBeUndefined();
  expect(trace.gapsNs(0, 20 * ms)).toEqual([6 * ms]);
});

it('gives half of what a gap cost to each side of it', () => {
  const trace = new Trace(
    runsOf(
      [
        [0, 4],
        [10, 4],
      ],
      0.2,
    ),
  );
  expect(trace.at(7 * ms)).toEqual({ usedNs: 4.3 * ms, ranNs: 4 * ms });
});

it('finds no period missed where each has its slice, wherever in the period', () => {
  const verdict = judge(noted(new Trace(runsOf(steady))), promised, []);
  expect(verdict).toMatchObject({ periods: 29, missed: 0, seenMissed: 0, setApart: 0 });
  expect(verdict.share).toBeCloseTo(0.3, 9);
});

it('finds the periods that got less than 99 % of the slice', () => {
  const short = steady.map(([at, length], index) => [at, index === 5 ? 2.96 : index === 7 ? 2.98 : length] as const);
  expect(judge(noted(new Trace(runsOf(short))), promised, []).missed).toBe(1);
});

it('sets periods apart in which something was taken away, and judges them by nothing', () => {
  const short = steady.map(([at, length], index) => [at, index === 5 ? 1 : length] as const);
  const verdict = judge(noted(new Trace(runsOf(short))), promised, [{ fromNs: 52 * ms, toNs: 61 * ms }]);
  expect(verdict).toMatchObject({ periods: 27, setApart: 2, missed: 0 });
  expect(verdict.share).toBeCloseTo(0.3, 9);
});

it('tells what the process saw apart from what the kernel counted', () => {
  const verdict = judge(noted(new Trace(runsOf(steady, 0.05))), { ...promised, sliceNs: 3.05 * ms }, []);
  expect(verdict).toMatchObject({ missed: 0, seenMissed: 29 });
  expect(verdict.share - verdict.seenShare).toBeCloseTo(0.005, 9);
});

it('finds when the periods of others begin', () => {
  const shifted = steady.map(([at, length]) => [at + 5, length] as const);
  expect(judge(noted(new Trace(runsOf(shifted))), promised, []).missed).toBeGreaterThan(5);
  expect(judgeAtBest(noted(new Trace(runsOf(shifted))), promised, []).missed).toBe(0);
});

it('goes by clocks that were read at the ends of periods, where there are some', () => {
  const samples = new Map(steady.map((_, period) => [period * 10 * ms, period * 2 * ms]));
  const verdict = judge(sampled(new Trace(runsOf(steady)), samples), { ...promised, toNs: 100 * ms }, []);
  expect(verdict).toMatchObject({ periods: 9, missed: 9, seenMissed: 0 });
  expect(verdict.share).toBeCloseTo(0.2, 9);
});

it('knows nothing of times before and after what was noted', () => {
  const verdict = judge(noted(new Trace(runsOf(steady.slice(0, 3)))), promised, []);
  expect(verdict.periods).toBe(1);
});
