import { expect, it } from 'vitest';
import { noUnit, rateUnit, timeUnit } from '../../../schema/objective/units.js';
import { objectiveValue, valueText } from '../../../schema/objective/value-text.js';

it('tells rates to a thousandth, and what is small in other units to six digits', () => {
  expect(objectiveValue(0.00042, rateUnit)).toEqual({ value: 0, unit: 'Mb/s' });
  expect(objectiveValue(5369.94961, rateUnit)).toEqual({ value: 5369.95, unit: 'Mb/s' });
  expect(objectiveValue(0.000421234567, timeUnit)).toEqual({ value: 0.000421235, unit: 'ms' });
  expect(objectiveValue(5369.94961, timeUnit)).toEqual({ value: 5369.95, unit: 'ms' });
  expect(objectiveValue(-0, noUnit)).toEqual({ value: 0, unit: 'no unit' });
});

it.each([
  [5369.94, { rate: 1, time: 0 }, '5369.9 Mb/s'],
  [-0.04, { rate: 1, time: 0 }, '0 Mb/s'],
  [0.01234567, { rate: 0, time: 1 }, '0.01235 ms'],
  [12.34567, { rate: 0, time: 1 }, '12.35 ms'],
  [12345.678, { rate: 1, time: 1 }, '12345.7 Mb/s ms'],
  [7, { rate: 0, time: 0 }, '7'],
  [2.5, { rate: 2, time: -1 }, '2.5 Mb/s^2 per ms'],
])('gives people %d as they read it', (value, unit, text) => {
  expect(valueText(objectiveValue(value, unit))).toBe(text);
});

it('gives as many decimals as are asked for', () => {
  expect(valueText({ value: 315.333, unit: 'Mb/s' }, 2)).toBe('315.33 Mb/s');
  expect(valueText({ value: 0.00123456, unit: 'ms' }, 2)).toBe('0.001235 ms');
});
