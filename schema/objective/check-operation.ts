import type { Checked } from './checked.js';
import { broken, type Refuse } from './fault.js';
import { differenceOf, hasZero, productOf, quotientOf, sumOf } from './interval.js';
import { commonLevel, joined } from './levels.js';
import { print } from './print.js';
import type { Syntax } from './syntax.js';
import { combinedUnit, suffixOf, unitText } from './units.js';

/** Sums need one unit, products and quotients make one; no divisor may be 0. Null after telling what does not hold. */
export function checkOperation(
  syntax: Syntax & { kind: 'operation' },
  left: Checked,
  right: Checked,
  refuse: Refuse,
): Checked | null {
  const { operator } = syntax;
  const [spans, values] = [
    [syntax.left, syntax.right],
    [left, right],
  ];
  if (operator === '+' || operator === '-') {
    const common = joined(spans, values, refuse);
    const range = (operator === '+' ? sumOf : differenceOf)(left.range, right.range);
    return common && { kind: 'operation', operator, left, right, ...common, range };
  }
  const level = commonLevel(spans, values, refuse);
  if (operator === '/' && hasZero(right.range)) return refuse(divisionByZero(syntax.right, right));
  if (level === undefined) return null;
  const unit = combinedUnit(left.unit, right.unit, operator === '*' ? 1 : -1);
  const range = (operator === '*' ? productOf : quotientOf)(left.range, right.range);
  return { kind: 'operation', operator, left, right, level, unit, range };
}

function divisionByZero(syntax: Syntax, { range, unit }: Checked) {
  const { low, high } = range;
  if (low === high) return broken('VIRT5005', syntax, 'This divides by 0.', 'Divide by something else.');
  const inUnit = unitText(unit) === 'no unit' ? '' : ` ${unitText(unit)}`;
  const summary = `This divides by what can be 0: it is between ${low} and ${high}${inUnit}.`;
  const suffix = suffixOf(unit);
  const least = high > 1 ? 1 : 0.01;
  const text = print(syntax);
  if (low < 0 || suffix === undefined || text.length > 60) return broken('VIRT5005', syntax, summary);
  return broken('VIRT5005', syntax, summary, `Keep it above 0, for example with \`max(${text}, ${least}${suffix})\`.`);
}
