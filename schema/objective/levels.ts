import type { Checked } from './checked.js';
import { broken, type Refuse } from './fault.js';
import type { Span } from './syntax.js';
import type { Level } from './terms.js';
import { isSameUnit, suffixOf, type Unit, unitText } from './units.js';

/** Which values there are at a level, in words. */
export function valuesAt(level: Level): string {
  if (level === 'whole') return 'one value for the whole configuration';
  return `a value for each ${level === 'vm' ? 'VM' : level}`;
}

/** The level that all of `values` have; undefined after telling that they do not have one. */
export function commonLevel(
  spans: readonly Span[],
  values: readonly Checked[],
  refuse: Refuse,
): Level | null | undefined {
  let common: Level | null = null;
  for (const [place, { level }] of values.entries()) {
    if (common === null) common = level;
    else if (level !== null && level !== common) {
      const summary = `This has ${valuesAt(level)}; what is before it has ${valuesAt(common)}.`;
      refuse(broken('VIRT5006', spans[place] ?? { start: 0, end: 0 }, summary));
      return undefined;
    }
  }
  return common;
}

/** Level and unit that all of `values` have: they are added or compared. Null after telling that they do not fit. */
export function joined(
  spans: readonly Span[],
  values: readonly Checked[],
  refuse: Refuse,
): { level: Level | null; unit: Unit } | null {
  const level = commonLevel(spans, values, refuse);
  // Nothing is 0 in one unit and something else in another.
  const first = values.find((value) => !isZero(value)) ?? values[0];
  if (level === undefined || first === undefined) return null;
  const place = values.findIndex((value) => !isZero(value) && !isSameUnit(value.unit, first.unit));
  const odd = values[place];
  if (odd === undefined) return { level, unit: first.unit };
  refuse(unitFault(spans[place] ?? { start: 0, end: 0 }, odd, first.unit));
  return null;
}

function unitFault(span: Span, { kind, unit }: Checked, expected: Unit) {
  const suffix = suffixOf(expected);
  const summary = `This is in ${unitText(unit)}, what is before it in ${unitText(expected)}.`.replaceAll(
    'in no unit',
    'without unit',
  );
  if (kind === 'constant' && unitText(unit) === 'no unit' && suffix) {
    return broken(
      'VIRT5004',
      span,
      summary,
      `Write the number with its unit, for example \`${suffix}\` right behind it.`,
    );
  }
  const price = worth(unit, expected);
  if (price.length > 30) return broken('VIRT5004', span, summary);
  return broken('VIRT5004', span, summary, `Multiply it by what one of its units is worth, for example \`${price}\`.`);
}

/** `* 1Mbps / 1ms`. */
function worth(from: Unit, to: Unit): string {
  const step = (power: number, one: string) => ` ${power > 0 ? '*' : '/'} ${one}`.repeat(Math.abs(power));
  return `${step(to.rate - from.rate, '1Mbps')}${step(to.time - from.time, '1ms')}`.trimStart();
}

const isZero = (value: Checked): boolean =>
  value.kind === 'constant' && value.value === 0 && unitText(value.unit) === 'no unit';
