import { expect, test } from 'vitest';
import { Derived, remembered } from '../../../reconciler/model/derived.js';

test('what is derived is worked out anew when an input is another, or when there are more or fewer', () => {
  let made = 0;
  const derived = new Derived<number>();
  const of = (...inputs: unknown[]) => derived.of(inputs, () => ++made);
  const [some, equal] = [{ x: 1 }, { x: 1 }];
  expect([of(some, 1), of(some, 1)]).toEqual([1, 1]);
  expect([of(equal, 1), of(equal, 2), of(equal)]).toEqual([2, 3, 4]);
  expect([of(), of()]).toEqual([5, 5]);
});

test('what is remembered is worked out once for each key', () => {
  let made = 0;
  const memory = new WeakMap<object, number>();
  const [a, b] = [{}, {}];
  expect([a, a, b, a].map((key) => remembered(memory, key, () => ++made))).toEqual([1, 1, 2, 1]);
});
