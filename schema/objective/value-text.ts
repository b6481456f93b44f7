import type { ObjectiveValue } from '../generated/types.js';
import { noUnit, rateUnit, type Unit, unitText } from './units.js';

const rate = unitText(rateUnit);
const none = unitText(noUnit);

/** A value of an expression as plans tell it: to three decimals, and all but rates to six digits where that is finer. */
export function objectiveValue(value: number, unit: Unit): ObjectiveValue {
  const text = unitText(unit);
  return { value: rounded(value, text, 3, 6), unit: text };
}

/** The same for people, with its unit: `5730 Mb/s`, `0.0123 ms`, `7`. All but rates have four digits where that is finer. */
export function valueText({ value, unit }: ObjectiveValue, decimals = 1): string {
  const figure = String(rounded(value, unit, decimals, 4));
  return unit === none ? figure : `${figure} ${unit}`;
}

/** Rates of less than a thousandth Mb/s matter to nobody; what is small in other units may be all there is. */
function rounded(value: number, unit: string, decimals: number, digits: number): number {
  if (unit !== rate && Math.abs(value) < 10 ** (digits - decimals)) return Number(value.toPrecision(digits)) + 0;
  // No minus before a zero.
  return Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
