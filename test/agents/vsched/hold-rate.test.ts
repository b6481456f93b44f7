import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIn } from '../../../agents/vsched/count-file.js';
import { holdRate, type RateNews, rateText } from '../../../agents/vsched/hold-rate.js';

const schedule = { periodUs: 10_000, sliceUs: 1000 };
const goal = { rate: 50, leastPpm: 20_000, mostPpm: 800_000 };

/** An application that counts up to `full` in a second, with its slice, for `steps` steps. */
async function held(full: number, steps: number, refuse: (sliceUs: number) => string | undefined = () => undefined) {
  const news: RateNews[] = [];
  const slices: number[] = [];
  let [count, atMs, sliceUs] = [1000, 5, schedule.sliceUs];
  await holdRate(schedule, goal, {
    count: async () => count,
    set: async (wantedUs) => {
      const refused = refuse(wantedUs);
      if (refused === undefined) sliceUs = wantedUs;
      slices.push(wantedUs);
      return refused;
    },
    nowMs: () => atMs,
    sleep: async (ms) => {
      atMs += ms;
      count += (full * (sliceUs / schedule.periodUs) * ms) / 1000;
      return news.length < steps;
    },
    tell: (each) => news.push(each),
  });
  return { news, slices, sliceUs };
}

describe('holding a rate', () => {
  it('gives an application the slice that it needs, and no other from then on', async () => {
    const { news, slices, sliceUs } = await held(200, 60);
    expect(sliceUs / schedule.periodUs).toBeCloseTo(0.25, 1);
    expect(news.at(-1)).toMatchObject({ sliceUs, verdict: { kind: 'held' } });
    expect(slices.length).toBeLessThan(40);
    expect(rateText(news.at(-1) as RateNews, schedule.periodUs, goal)).toMatch(
      /^(49|5\d)(\.\d)? of 50 a second with 2\.\d+ ms in every 10 ms: held$/,
    );
  });

  it('says what it would take where it may not have that', async () => {
    const { news, sliceUs } = await held(50, 60);
    expect(sliceUs).toBe(8000);
    expect(rateText(news.at(-1) as RateNews, schedule.periodUs, goal)).toBe(
      '40 of 50 a second with 8 ms in every 10 ms: cannot be held: it needs about 100 % of a processor, and may have 80 %',
    );
  });

  it('says why it is not given more, and takes it when there is room', async () => {
    const full = (sliceUs: number) => (sliceUs > 2000 ? 'it is 5 % too much' : undefined);
    const { news, sliceUs } = await held(200, 30, full);
    expect(sliceUs).toBeLessThanOrEqual(2000);
    expect(news.at(-1)).toMatchObject({ sliceUs, refused: 'it is 5 % too much' });
    let asked = 0;
    const later = await held(200, 90, (wantedUs) => {
      asked += 1;
      return asked < 40 ? full(wantedUs) : undefined;
    });
    expect(later.news.at(-1)).toMatchObject({ verdict: { kind: 'held' } });
  });

  it('changes nothing while nothing is counted', async () => {
    const { news, slices } = await held(0, 10);
    expect(slices).toEqual([]);
    expect(news.at(-1)).toMatchObject({ rate: 0, verdict: { kind: 'silent' } });
  });
});

describe('a file that an application counts in', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'count-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    writeFileSync(join(folder, 'count'), text);
    return countIn(join(folder, 'count'));
  };

  it('is read from its last number', async () => {
    expect(await read('12\n')).toBe(12);
    expect(await read('12\n13.5\n')).toBe(13.5);
    expect(await read(`${'frames\n'.repeat(5000)}77`)).toBe(77);
    expect(await read('12\nnot yet\n')).toBe(12);
  });

  it('may have none, or not be there yet', async () => {
    expect(await read('')).toBeUndefined();
    expect(await read('-3\nNaN\n1e9\n')).toBeUndefined();
    expect(await countIn(join(folder, 'other'))).toBeUndefined();
  });
});
