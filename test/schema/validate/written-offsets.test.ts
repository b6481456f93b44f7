import { describe, expect, it } from 'vitest';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const header = [
  'apiVersion: virtuoso.dev/v1alpha1',
  'kind: Objective',
  'metadata:',
  '  name: room',
  'spec:',
  '  level: path',
  '  goal: maximise',
];

/** Where the mistakes of an objective are, with what is written there. */
function mistakes(...lines: string[]): string[] {
  const all = [...header, ...lines];
  const { diagnostics } = validateFiles([{ path: 'desired/objective.yaml', text: all.join('\n') }]);
  return diagnostics.map(({ id, range: { start, end } }) => {
    const written = start.line === end.line ? all[start.line - 1]?.slice(start.column - 1, end.column - 1) : '...';
    return `${id} ${start.line}:${start.column} ${written}`;
  });
}

describe('the place of a mistake in an expression', () => {
  it.each([
    ['plain', ['  expression: sum(botleneck) + moves'], 'VIRT5003 8:19 botleneck'],
    ['plain, over two lines', ['  expression: sum(bottleneck)', '    + sum(  latencies)'], 'VIRT5003 9:13 latencies'],
    ['in single quotes', ["  expression: 'moves + '' + moves'"], "VIRT5001 8:24 '"],
    ['in double quotes', ['  expression: "moves + moof"'], 'VIRT5003 8:24 moof'],
    ['behind escapes', ['  expression: "mo\\x76es\\u0020+\\t\\U0000006Doof"'], 'VIRT5003 8:33 \\U0000006Doof'],
    ['at an escape', ['  expression: "moves \\U0001F600 + moves"'], 'VIRT5001 8:22 \\'],
    ['in folded quotes', ['  expression: "moves \\', '    + mo\\', '   of"'], 'VIRT5003 9:7 ...'],
    ['a literal block', ['  expression: |', '    moves', '', '      + moof'], 'VIRT5003 11:9 moof'],
    ['a folded block', ['  expression: >- # why', '    moves', '    + moof'], 'VIRT5003 10:7 moof'],
    ['an indented block', ['  expression: >2-', '      moves', '    - moof'], 'VIRT5003 10:7 moof'],
    ['with an anchor', ['  expression: &a  sum(moof)'], 'VIRT5003 8:23 moof'],
  ])('is known in a text %s', (_, lines, place) => {
    expect(mistakes(...lines)).toEqual([place]);
  });

  it('is known at the end, and in every tie-break, in one run', () => {
    expect(
      mistakes(
        '  expression: sum(bottleneck) -',
        '  tieBreaks:',
        '    - goal: minimise',
        '      expression: moves + &',
        '    - {goal: minimise, expression: "1 / moves"}',
      ),
    ).toEqual(['VIRT5001 8:32 ...', 'VIRT5001 11:27 &', 'VIRT5005 12:41 moves']);
  });

  it('is the anchor of an alias', () => {
    const tieBreaks = ['  tieBreaks:', '    - {goal: minimise, expression: *a}'];
    expect(mistakes('  expression: &a sum(moof)', ...tieBreaks)).toEqual(['VIRT5003 8:22 moof', 'VIRT5003 8:22 moof']);
  });
});

describe('an objective', () => {
  it('needs no expression', () => {
    expect(mistakes()).toEqual([]);
  });

  it('has texts of limited length as expressions', () => {
    expect(mistakes('  expression: 5')).toEqual(['VIRT2006 8:15 5']);
    expect(mistakes(`  expression: ${'moves+'.repeat(200)}moves`).map((each) => each.slice(0, 13))).toEqual([
      'VIRT2010 8:15',
    ]);
    expect(mistakes('  expression: ""')).toEqual(['VIRT2010 8:15 ""']);
  });
});
