import { expect, it } from 'vitest';
import { readOptions } from '../../../bench/vsched/options.js';

it('measures everything when nothing is said', () => {
  expect(readOptions({})).toMatchObject({ kills: 1000, rounds: 3, only: undefined });
  expect(readOptions({}).parts).toHaveLength(8);
});

it('takes parts, sets and numbers from the environment', () => {
  const options = readOptions({
    VSCHED_BENCH_PARTS: 'kills|grid',
    VSCHED_BENCH_ONLY: '^10 ms',
    VSCHED_BENCH_KILLS: '5',
  });
  expect(options).toMatchObject({ parts: ['grid', 'kills'], kills: 5 });
  expect(options.only?.test('10 ms 30 %')).toBe(true);
});

it('refuses parts that are not there, and what is no number', () => {
  expect(() => readOptions({ VSCHED_BENCH_PARTS: 'gird' })).toThrow('names gird: choose from grid');
  expect(() => readOptions({ VSCHED_BENCH_SECONDS: '0' })).toThrow('set a whole number above 0');
});
