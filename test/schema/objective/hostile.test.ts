import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkExpression } from '../../../schema/objective/check.js';
import { print } from '../../../schema/objective/print.js';
import { tokensOf } from '../../../schema/objective/tokens.js';
import { type Draw, drawFrom, pick } from '../../generators/draw.js';
import { randomExpression } from '../../generators/expression.js';

/** A text, and where it must be refused: all faults, as `id@place`. */
interface Attack {
  text: string;
  faults: string[];
}

const tricks = [
  ...['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'polluted'],
  ...['globalThis', 'process', 'require', 'import', 'eval', 'Function', 'window', 'this', 'arguments', 'undefined'],
  ...[
    'NaN',
    'Infinity',
    'null',
    'true',
    'new',
    'function',
    'async',
    'Math',
    'moves_',
    '_',
    'a'.repeat(300),
    'bottlenecks',
  ],
];
const marks = [...'$;`[]{}"\'\\=%!?:@#&|^~<>.', '=>', '==', '&&', '...', '${', '\u0001', '\u007f', '|>'];
const traps = [
  ...['\u200b', '\u202e', '\u2066', '\ufeff', '\u00a0', '\u3000', '\u2028', '\u0085', '\ud800', '\udfff', '\u0301'],
  ...[
    '\uff0b',
    '\u2212',
    '\u00d7',
    '\u00f7',
    '\u0663',
    '\u{1d7d8}',
    '\u0430',
    '\u{1f600}',
    '\u0130',
    '\u01c4',
    '\u2215',
    '\uff08',
  ],
];
const numbers = [
  '1e999',
  '9e100',
  '1e-999',
  '1e-101',
  '9'.repeat(200),
  `0.${'0'.repeat(150)}1`,
  '1e99Tbps',
  '1e+400ms',
];
const zeros = [
  '0',
  '-0',
  '0.0e5',
  '(moves - moves)',
  'hostsUsed',
  'abs(-(0))',
  '(1 - 1)',
  'max(0, 0 - moves)',
  'sum(hops)',
];

/** An accepted expression; whole and without unit, so that more can be added to it. */
function base(draw: Draw): string {
  for (;;) {
    const text = print(randomExpression(draw, 'path'));
    const checked = text.length < 300 ? checkExpression(text, 'path') : null;
    if (checked?.kind !== 'checked') continue;
    const { rate, time } = checked.tree.unit;
    if (rate === 0 && time === 0 && Math.abs(checked.tree.range.high) < 1e50 && Math.abs(checked.tree.range.low) < 1e50)
      return text;
  }
}

/** Replaces a term, an operand of the expression, by something else. */
function withOperand(draw: Draw, text: string, operand: string): { text: string; at: number } {
  const names = tokensOf(text).tokens.filter(({ kind, end }) => kind === 'name' && text.charAt(end) !== '(');
  const { start, end } = pick(draw, names);
  return { text: text.slice(0, start) + operand + text.slice(end), at: start };
}

const kinds: Record<string, (draw: Draw, text: string) => Attack> = {
  'an unknown name': (draw, text) => {
    const attack = withOperand(draw, text, pick(draw, tricks));
    return { text: attack.text, faults: [`VIRT5003@${attack.at}`] };
  },
  'an unknown function': (draw, text) => {
    const attack = withOperand(draw, text, `${pick(draw, tricks)}(${pick(draw, ['1', 'moves', '2 * 3'])})`);
    return { text: attack.text, faults: [`VIRT5003@${attack.at}`] };
  },
  'a call of what is called': (_, text) => {
    const attack = `${text} + constructor(1)(2)`;
    return {
      text: attack,
      faults: [`VIRT5003@${text.length + 3}`, `VIRT5001@${text.length + 3 + 'constructor(1)'.length}`],
    };
  },
  'a mark of other languages': (draw, text) => {
    const mark = pick(draw, marks);
    const { end } = pick(
      draw,
      tokensOf(text).tokens.filter(({ kind }) => kind === 'name'),
    );
    // Behind a name that is no function, or before an operand.
    const isCall = text.charAt(end) === '(';
    const at = isCall ? end + 1 : end;
    return { text: text.slice(0, at) + mark + text.slice(at), faults: [`VIRT5001@${at}`] };
  },
  'a character that looks like another, or like none': (draw, text) => {
    const trap = pick(draw, traps);
    const names = tokensOf(text).tokens.filter(({ kind, end }) => kind === 'name' && text.charAt(end) !== '(');
    const { start, end } = pick(draw, names);
    const at = start + draw(end - start + 1);
    return { text: text.slice(0, at) + trap + text.slice(at), faults: [`VIRT5001@${at}`] };
  },
  'a number beyond doubles': (draw, text) => {
    const attack = withOperand(draw, text, pick(draw, numbers));
    return { text: attack.text, faults: [`VIRT5007@${attack.at}`] };
  },
  'a division by what can be 0': (draw, text) => {
    return { text: `(${text}) / ${pick(draw, zeros)}`, faults: [`VIRT5005@${text.length + 5}`] };
  },
  'a product beyond doubles': (_, text) => {
    return { text: `${text} + 1e60 * moves * 1e60`, faults: [`VIRT5007@${text.length + 3}`] };
  },
  'a nesting too deep': (draw, text) => {
    const [opening, size] = pick(draw, [
      ['(', 1],
      ['-', 1],
      ['abs(', 4],
      ['-(', 1],
      ['min(1,', 6],
    ] as const);
    const depth = 33 + draw(Math.floor((990 - text.length) / opening.length) - 33);
    const attack = `${text} + ${opening.repeat(depth)}`;
    // The bracket or sign that is one too many; of a call, its bracket.
    const step = opening === '-(' ? 16 * 2 : 32 * size + Math.max(0, opening.indexOf('('));
    return { text: attack, faults: [`VIRT5002@${text.length + 3 + step}`] };
  },
  'an expression too long': (draw, text) => {
    const more = pick(draw, [' + moves', ' ', '(', '-1', '$']);
    return { text: text + more.repeat(1000 + draw(100_000)), faults: ['VIRT5002@1000'] };
  },
  'a bracket too many': (_, text) => ({ text: `${text})`, faults: [`VIRT5001@${text.length}`] }),
  'a bracket too few': (_, text) => ({
    text: `${text} * (`,
    faults: [`VIRT5001@${text.length + 3}`, `VIRT5001@${text.length + 4}`],
  }),
  'an operand too few': (draw, text) => {
    return { text: `${text} ${pick(draw, ['+', '-', '*', '/'])}`, faults: [`VIRT5001@${text.length + 2}`] };
  },
  'another unit': (_, text) => ({ text: `${text} + sum(demand)`, faults: [`VIRT5004@${text.length + 3}`] }),
  'another level': (_, text) => ({ text: `${text} + hops`, faults: [`VIRT5006@${text.length + 3}`] }),
};

describe('10,000 hostile expressions', () => {
  const polluted = Object.prototype as unknown as Record<string, unknown>;
  beforeAll(() => {
    const owned = () => {
      throw new Error('executed');
    };
    vi.stubGlobal('eval', owned);
    vi.stubGlobal('Function', owned);
    Object.defineProperty(polluted, 'polluted', {
      value: { level: 'whole', unit: { rate: 0, time: 0 }, range: { low: 0, high: 1 } },
      configurable: true,
    });
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    delete polluted.polluted;
  });

  it.each(Object.entries(kinds))('with %s are refused at their place, and for nothing else', (kind, make) => {
    for (let attempt = 0; attempt < 600; attempt++) {
      const draw = drawFrom(attempt * 1009 + kind.length);
      const { text, faults } = make(draw, base(draw));
      const checked = checkExpression(text, 'path');
      const found = checked.kind === 'refused' ? checked.faults.map(({ id, start }) => `${id}@${start}`) : [];
      expect({ text, faults: found }).toEqual({ text, faults });
    }
  });

  it('of anything at all are refused within themselves, or mean something', () => {
    const pieces = [
      ...tricks,
      ...marks,
      ...traps,
      ...numbers,
      ...zeros,
      '(',
      ')',
      '(',
      ')',
      ',',
      '+',
      '-',
      '*',
      '/',
      ' ',
      '\n',
      'sum',
      'min',
      'moves',
      'residual',
      '1',
      'ms',
    ];
    for (let attempt = 0; attempt < 2000; attempt++) {
      const draw = drawFrom(attempt);
      const text = Array.from({ length: 1 + draw(60) }, () => pick(draw, pieces)).join('');
      const checked = checkExpression(text, pick(draw, ['edge', 'path']));
      if (checked.kind === 'checked') continue;
      expect(checked.faults.length).toBeGreaterThan(0);
      for (const { start, end, summary, detail } of checked.faults) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(start).toBeLessThanOrEqual(end);
        expect(summary.length + detail.length).toBeLessThan(600);
        // Nothing that a terminal would obey, or show as something else.
        expect([...`${summary}${detail}`].filter((char) => char < ' ' || char > '~')).toEqual([]);
      }
    }
  });
});
