import { describe, expect, it } from 'vitest';
import { allCells, pauseMs, stepCells, windowMs } from '../../../bench/wren/cells.js';
import { readOptions } from '../../../bench/wren/options.js';
import { emulatedLinkFaults } from '../../../lab/emulated-link.js';

const cells = [...allCells(), ...stepCells()];

describe('the cells of the Wren benchmark', () => {
  it('are all combinations that the issue names, and more', () => {
    const parts = (['rateMbps', 'crossShare', 'latencyMs', 'link', 'congestion'] as const).map((part) => [
      ...new Set(cells.map((cell) => cell[part])),
    ]);
    expect(parts).toEqual([
      [10, 50, 100, 200, 500],
      expect.arrayContaining([0, 0.3, 0.6]),
      expect.arrayContaining([0, 20]),
      expect.arrayContaining(['two-sided', 'one-sided', 'tcp']),
      expect.arrayContaining(['cubic', 'bbr']),
    ]);
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
  });

  it('are paths that the emulator can be', () => {
    const faults = cells.flatMap(({ name, hops }) => emulatedLinkFaults(name, { seed: 1, there: hops, back: hops }));
    expect(faults).toEqual([]);
  });

  it('have traffic that does not fill what is left', () => {
    for (const cell of cells) {
      const meanBits = (8 * (cell.mostBytes - cell.leastBytes)) / Math.log(cell.mostBytes / cell.leastBytes);
      const left = Math.min(...cell.hops.map((hop) => hop.rateMbps - (hop.crossTraffic?.rateMbps ?? 0)));
      expect(meanBits / (meanBits / left + pauseMs(cell) * 1000)).toBeLessThan(0.41 * left);
      expect(left).toBeGreaterThan(0);
    }
    expect(windowMs(10)).toBe(2 * windowMs(50));
  });
});

describe('options of the Wren benchmark', () => {
  it('are measured wholly unless something is chosen', () => {
    expect(readOptions({})).toMatchObject({
      only: undefined,
      seed: 1,
      parts: ['cells', 'step', 'probes', 'cost'],
    });
    expect(readOptions({ WREN_BENCH_PARTS: 'cost,cells', WREN_BENCH_SECONDS: '3' })).toMatchObject({
      parts: ['cells', 'cost'],
      seconds: 3,
    });
    expect(allCells().filter(({ name }) => readOptions({ WREN_BENCH_QUICK: '1' }).only?.test(name))).toHaveLength(9);
  });

  it('are refused where they mean nothing', () => {
    expect(() => readOptions({ WREN_BENCH_PARTS: 'cells,speed' })).toThrow('names speed');
    expect(() => readOptions({ WREN_BENCH_SEED: '-1' })).toThrow('WREN_BENCH_SEED is -1');
  });
});
