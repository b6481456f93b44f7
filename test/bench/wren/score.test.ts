import { expect, it } from 'vitest';
import { type Cell, stepCells } from '../../../bench/wren/cells.js';
import { latencyMs, quantile, score, type Told, trueAvailableMbps } from '../../../bench/wren/score.js';
import type { LinkLogLine } from '../../../lab/link-log.js';
import type { PathEstimate } from '../../../schema/generated/types.js';

const [step] = stepCells();
const cell: Cell = { ...(step as Cell), rateMbps: 100, hops: [{ rateMbps: 100 }, { rateMbps: 200 }] };

/** One line a second in which each hop has carried so much of others. */
function lines(crossMbps: readonly number[], seconds: number): LinkLogLine[] {
  return Array.from({ length: seconds + 1 }, (_, second) =>
    crossMbps.map((mbps, hop) => ({
      ...{
        atMs: second * 1000,
        way: 'there' as const,
        hop,
        waitMs: 0,
        crossDropped: 0,
        carried: 0,
        dropped: 0,
        lost: 0,
      },
      ...{ crossOfferedBytes: 0, crossCarriedBytes: mbps * 125_000 * second, carriedBytes: 0 },
    })),
  ).flat();
}

const estimate = (mbps: number | undefined, lowMbps: number, highMbps: number): PathEstimate => ({
  ...{ peer: 'host-1', direction: 'from-peer', method: 'two-sided', atMs: 0, packets: 1, capacityMbps: 101 },
  available: { ...(mbps === undefined ? {} : { mbps }), lowMbps, highMbps },
});
const told = (atMs: number, what: PathEstimate | undefined): Told => ({
  ...{ atMs, estimate: what, delayBackMs: undefined, sicMbps: 90 },
});

it('holds estimates against what the tightest link of the path left', () => {
  expect(trueAvailableMbps(cell, lines([30, 140], 10), 10_000)).toBeCloseTo(60);
  expect(trueAvailableMbps(cell, lines([50, 140], 10), 10_000)).toBeCloseTo(50);
});

it('tells errors of what is known, and whether bounds hold', () => {
  const log = lines([30, 140], 10);
  const all = [told(8000, estimate(66, 50, 70)), told(9000, estimate(undefined, 1, 50)), told(10_000, undefined)];
  const scored = score(cell, log, all, 1000);
  expect(scored.map(({ afterMs }) => afterMs)).toEqual([7000, 8000, 9000]);
  expect(scored.map(({ error }) => error && Math.round(error * 1e6) / 1e6)).toEqual([0.1, undefined, undefined]);
  expect(scored.map(({ isInside }) => isInside)).toEqual([true, false, undefined]);
  expect(scored[0]?.capacityError).toBeCloseTo(0.01);
  expect(scored[0]?.sicError).toBeCloseTo(0.5);
});

it('halves the time there and back', () => {
  const known = { ...estimate(1, 1, 1), minimumDelayMs: 25 };
  expect(latencyMs({ estimate: known, delayBackMs: 15 })).toBe(20);
  expect(latencyMs({ estimate: known, delayBackMs: undefined })).toBeUndefined();
  expect(latencyMs({ estimate: { ...known, method: 'one-sided' }, delayBackMs: undefined })).toBe(12.5);
});

it('has quantiles that are values', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([3, 1, 2], 0.9)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});
