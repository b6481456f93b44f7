import { describe, expect, it } from 'vitest';
import { type Combined, combined } from '../../../reconciler/wren/combine.js';
import { isForgotten, knowledgeAt, type PathMemory, remember } from '../../../reconciler/wren/path-memory.js';
import type { PathReading } from '../../../reconciler/wren/plausible.js';

const reading = (mbps: number | null, half: number, atMs = 1000, middle = mbps ?? 50): PathReading => ({
  atMs,
  availableMbps: mbps,
  lowMbps: middle - half,
  highMbps: middle + half,
  capacityMbps: 100,
  minimumDelayMs: null,
  busyShare: 1,
});
const both = (twoSided: PathReading | null, oneSided: PathReading | null) =>
  combined({ from: 'a', to: 'b', twoSided, oneSided });

describe('what both ends say', () => {
  it('is weighted by how sure they are', () => {
    expect(both(reading(50, 2), reading(53, 4))).toMatchObject({
      method: 'two-sided',
      availableMbps: expect.closeTo(50.6),
      lowMbps: expect.closeTo(48.6),
      highMbps: expect.closeTo(52.6),
    });
  });

  it('is the two-sided word with a wide interval where they contradict one another', () => {
    expect(both(reading(90, 1), reading(20, 2))).toMatchObject({ availableMbps: 90, lowMbps: 18, highMbps: 91 });
  });

  it('is the word of one where the other is old, silent or has only bounds', () => {
    expect(both(reading(90, 1, 1000), reading(20, 2, 12_000))).toMatchObject({
      method: 'one-sided',
      availableMbps: 20,
    });
    expect(both(null, reading(20, 2))).toMatchObject({ method: 'one-sided', availableMbps: 20 });
    expect(both(reading(null, 40), reading(30, 2))).toMatchObject({ method: 'one-sided', availableMbps: 30 });
    expect(both(null, null)).toBeNull();
  });
});

const path = { from: 'a', to: 'b' };
const alone = { outMbps: 0, intoMbps: 0, times: 1 };
const figures = (mbps: number | null, half: number, atMs: number, middle?: number): Combined => ({
  ...reading(mbps, half, atMs, middle),
  method: 'two-sided',
});

/** One estimate a second from `fromS` to before `toS`. */
function watch(before: PathMemory | null, fromS: number, toS: number, mbps: (second: number) => number): PathMemory {
  let memory = before;
  for (let s = fromS; s < toS; s++)
    memory = remember(memory, path, figures(mbps(s), 3, s * 1000), alone, s * 1000 + 50);
  if (!memory) throw new Error('nothing to remember');
  return memory;
}

describe('what is remembered of a path', () => {
  it('does not follow noise within the interval', () => {
    const seen = new Set<number | undefined>();
    let memory: PathMemory | null = null;
    for (let s = 1; s < 100; s++) {
      memory = watch(memory, s, s + 1, () => 50 + 1.4 * Math.sin(s));
      const known = knowledgeAt(memory, s * 1000);
      seen.add(known.availableMbps);
      expect(known.lowMbps).toBeLessThanOrEqual(known.availableMbps ?? 0);
      expect(known.highMbps).toBeGreaterThanOrEqual(known.availableMbps ?? 0);
    }
    expect(seen.size).toBe(1);
  });

  it('follows a step after two seconds, and no single outlier', () => {
    const steady = watch(null, 1, 20, () => 50);
    const outlier = watch(steady, 20, 21, () => 20);
    expect(outlier.availableMbps).toBe(50);
    expect(watch(outlier, 21, 23, () => 50).contradictedSinceMs).toBeNull();
    expect(watch(steady, 20, 22, () => 20).availableMbps).toBe(50);
    expect(watch(steady, 20, 23, () => 20).availableMbps).toBe(20);
  });

  it('is as uncertain as estimates differ from one window to the next, once that was seen', () => {
    const windows = (s: number) => (Math.floor(s / 5) % 2 === 0 ? 60 : 40);
    const halfOf = ({ lowMbps, highMbps }: PathMemory) => (highMbps - lowMbps) / 2;
    expect(halfOf(watch(null, 1, 5, windows))).toBe(3);
    const scattered = watch(null, 1, 60, windows);
    expect(halfOf(scattered)).toBeGreaterThan(30);
    expect(watch(scattered, 60, 65, () => 45).availableMbps).toBe(scattered.availableMbps);
    expect(halfOf(watch(null, 1, 60, (s) => (s < 30 ? 60 : 40)))).toBe(3);
  });

  it('goes with what others carried when it was found', () => {
    const beside = (outMbps: number, times: number) => ({ outMbps, intoMbps: 2, times });
    const found = remember(null, path, figures(50, 3, 1000), beside(8, 1), 1050);
    const held = remember(found, path, figures(51, 3, 2000), beside(9, 3), 2050);
    expect(knowledgeAt(held, 2050)).toMatchObject({ availableMbps: 50, besideOutMbps: 8, besideIntoMbps: 2 });
    expect(knowledgeAt(held, 2050).besideTimes).toBe(3);
    const other = remember(held, path, figures(20, 3, 70_000), beside(4, 1), 70_050);
    expect(knowledgeAt(other, 70_050)).toMatchObject({ availableMbps: 20, besideOutMbps: 4, besideTimes: 1 });
  });

  it('keeps an estimate while there is too little traffic for another, unless its bounds contradict', () => {
    const steady = watch(null, 1, 20, () => 50);
    expect(remember(steady, path, figures(null, 40, 21_000), alone, 21_000)).toMatchObject({
      availableMbps: 50,
      atMs: 19_000,
    });
    expect(remember(steady, path, figures(null, 5, 21_000, 90), alone, 21_000)).toMatchObject({
      availableMbps: null,
      lowMbps: 85,
    });
  });

  it('holds for ten minutes without packets, then fades to what the path has at best and at worst', () => {
    const memory = watch(null, 1, 20, () => 50);
    const at = (ageS: number) => knowledgeAt(memory, 19_000 + ageS * 1000);
    expect(at(599)).toMatchObject({ availableMbps: 50, lowMbps: 47, highMbps: 53 });
    expect(at(900)).toMatchObject({ availableMbps: 50, lowMbps: 23.5, highMbps: 76.5 });
    expect(at(1200)).toEqual({
      ...path,
      besideOutMbps: 0,
      besideIntoMbps: 0,
      besideTimes: 1,
      method: 'two-sided',
      lowMbps: 0,
      highMbps: 100,
      capacityMbps: 100,
      ageMs: 1_200_000,
    });
    expect([86_400, 86_401].map((ageS) => isForgotten(memory, 19_000 + ageS * 1000))).toEqual([false, true]);
  });

  it('holds twice as long each time that it was found as it was', () => {
    const again = watch(
      watch(null, 1, 20, () => 50),
      1000,
      1001,
      () => 52,
    );
    expect(knowledgeAt(again, 1_000_000 + 1_199_000).lowMbps).toBe(49);
    const other = watch(again, 4000, 4003, () => 20);
    expect(other).toMatchObject({ availableMbps: 20, confirmations: 0 });
  });
});
