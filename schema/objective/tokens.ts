import { nearest } from '../validate/edit-distance.js';
import { broken, type ExpressionFault } from './fault.js';
import type { Operator, Span } from './syntax.js';
import { isUnitName, type UnitName, unitNames } from './units.js';

export type Mark = Operator | '(' | ')' | ',';

export type Token = Span &
  (
    | { kind: 'number'; value: number; unit: UnitName | null }
    | { kind: 'name'; text: string }
    | { kind: 'mark'; text: Mark }
    /** What no expression has, told already. */
    | { kind: 'refused' }
    | { kind: 'end' }
  );

/** No value is beyond this, so that none overflows. */
export const mostMagnitude = 1e100;

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';
const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isLetter = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_';
const isForeign = (char: string): boolean => char > '\u007f';
const isWord = (char: string): boolean => isLetter(char) || isDigit(char) || isForeign(char);
const isMark = (char: string): char is Mark => char !== '' && '+-*/(),'.includes(char);

/** Splits an expression; what belongs in none becomes a `refused` token and a fault. The last token is the end. */
export function tokensOf(text: string): { tokens: Token[]; faults: ExpressionFault[] } {
  const tokens: Token[] = [];
  const faults: ExpressionFault[] = [];
  let start = 0;
  while (start < text.length) {
    const char = text.charAt(start);
    if (isBlank(char)) {
      start++;
      continue;
    }
    const token = tokenAt(text, start, faults);
    tokens.push(token);
    start = token.end;
  }
  const end = tokens.at(-1)?.end ?? 0;
  tokens.push({ kind: 'end', start: end, end });
  return { tokens, faults };
}

function tokenAt(text: string, start: number, faults: ExpressionFault[]): Token {
  const char = text.charAt(start);
  if (isMark(char)) return { kind: 'mark', text: char, start, end: start + 1 };
  if (isDigit(char)) return numberAt(text, start, faults);
  const end = endOf(text, start, isWord);
  if (end > start) {
    const word = text.slice(start, end);
    const foreign = [...word].findIndex(isForeign);
    if (foreign < 0) return { kind: 'name', text: word, start, end };
    faults.push(foreignCharacter(text, start + foreign));
    return { kind: 'refused', start, end };
  }
  const last = endOf(text, start, (each) => !isBlank(each) && !isMark(each) && !isWord(each));
  const written = text.slice(start, Math.min(last, start + 8));
  const detail = 'An expression has names, numbers, `+ - * /`, brackets, and commas between arguments.';
  faults.push(
    broken('VIRT5001', { start, end: last }, `\`${printable(written)}\` does not belong in an expression.`, detail),
  );
  return { kind: 'refused', start, end: last };
}

/** Digits, perhaps a fraction and an exponent, and a unit right behind them. */
function numberAt(text: string, start: number, faults: ExpressionFault[]): Token {
  let end = endOf(text, start, isDigit);
  if (text.charAt(end) === '.' && isDigit(text.charAt(end + 1))) end = endOf(text, end + 1, isDigit);
  const sign = '+-'.includes(text.charAt(end + 1) || ' ') ? 1 : 0;
  if (/[eE]/.test(text.charAt(end)) && isDigit(text.charAt(end + 1 + sign))) end = endOf(text, end + 1 + sign, isDigit);
  const digits = text.slice(start, end);
  const unitEnd = endOf(text, end, isWord);
  const unit = text.slice(end, unitEnd);
  if (unit !== '' && !isUnitName(unit)) {
    faults.push(unknownUnit(text, unit, { start: end, end: unitEnd }));
    return { kind: 'refused', start, end: unitEnd };
  }
  const name = isUnitName(unit) ? unit : null;
  const value = Number(digits);
  const scaled = value * (name === null ? 1 : unitNames[name].factor);
  const isVanishing = Math.abs(scaled) < 1 / mostMagnitude && /[1-9]/.test(digits.split(/[eE]/)[0] ?? '');
  if (!(scaled <= mostMagnitude) || isVanishing) {
    const which = isVanishing ? 'too close to 0' : 'too large';
    faults.push(broken('VIRT5007', { start, end: unitEnd }, `This number is ${which}.`));
    return { kind: 'refused', start, end: unitEnd };
  }
  return { kind: 'number', value, unit: name, start, end: unitEnd };
}

function unknownUnit(text: string, unit: string, span: Span): ExpressionFault {
  const foreign = [...unit].findIndex(isForeign);
  if (foreign >= 0) return foreignCharacter(text, span.start + foreign);
  const guess = nearest(unit, Object.keys(unitNames));
  const choice = `Units are ${Object.keys(unitNames)
    .map((name) => `\`${name}\``)
    .join(', ')}; an operator goes between a number and a name.`;
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  return broken('VIRT5004', span, `There is no unit \`${abridged(unit)}\`.`, detail);
}

/** Letters of other alphabets can look like those of names: they are named by their code. */
function foreignCharacter(text: string, start: number): ExpressionFault {
  const code = text.codePointAt(start) ?? 0;
  const end = start + (code > 0xffff ? 2 : 1);
  const summary = `The character ${codeName(code)} does not belong in an expression.`;
  const detail = 'Names have letters of the English alphabet and digits, numbers the digits 0 to 9: type it anew.';
  return broken('VIRT5001', { start, end }, summary, detail);
}

/** The place of the first character from `start` on that is not of a kind. */
function endOf(text: string, start: number, isOfKind: (char: string) => boolean): number {
  let end = start;
  while (end < text.length && isOfKind(text.charAt(end))) end++;
  return end;
}

const codeName = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** Control characters by their code, and no backquote that would end a quotation. */
function printable(text: string): string {
  return [...text]
    .map((char) => (char < ' ' || char === '`' || char === '\u007f' ? codeName(char.charCodeAt(0)) : char))
    .join('');
}

/** At most 40 characters of a name. */
export function abridged(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}...` : name;
}
