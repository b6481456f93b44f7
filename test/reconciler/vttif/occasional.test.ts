import { expect, test } from 'vitest';
import { pairName } from '../../../reconciler/model/pair.js';
import { occasionalPairs } from '../../../reconciler/vttif/occasional.js';
import type { TrafficEntry } from '../../../schema/generated/types.js';

const pairOf = (pair: string) => {
  const [source = '', destination = ''] = pair.split(' ');
  return { network: 'net', source, destination };
};
const entry = (pair: string, rateMbps: number, origin: TrafficEntry['origin'] = 'observed'): TrafficEntry => ({
  ...pairOf(pair),
  rateMbps,
  origin,
});
const recent = (rates: Record<string, number>) =>
  Object.entries(rates).map(([pair, rateMbps]) => {
    return { ...pairOf(pair), name: pairName(pairOf(pair)), rateMbps, variance: null };
  });

test('pairs of an application that is held back belong to it if they have talked of late', () => {
  const topology = [entry('a b', 8, 'at-least'), entry('b c', 5)];
  const talked = recent({ 'a b': 2, 'c a': 70, 'a c': 3, 'd a': 9, 'd e': 9 });
  expect(occasionalPairs(topology, talked)).toEqual([entry('c a', 5), entry('a c', 3)]);
});

test('an application that nothing holds back is as it is seen', () => {
  const talked = recent({ 'a c': 3, 'd f': 1 });
  expect(occasionalPairs([entry('a b', 8), entry('b c', 5)], talked)).toEqual([]);
  const beside = [entry('a b', 8), entry('b c', 5), entry('d e', 1, 'at-least'), entry('e f', 1)];
  expect(occasionalPairs(beside, talked)).toEqual([entry('d f', 1)]);
});
