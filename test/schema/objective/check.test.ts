import { describe, expect, it } from 'vitest';
import { checkExpression } from '../../../schema/objective/check.js';
import { maxFaults } from '../../../schema/objective/fault.js';
import { unitText } from '../../../schema/objective/units.js';

const faultsOf = (text: string, level: 'edge' | 'path' = 'path') => {
  const checked = checkExpression(text, level);
  return checked.kind === 'refused' ? checked.faults : [];
};

/** `id at what is pointed at: what is wrong; what to do`. */
const told = (text: string, level?: 'edge' | 'path') =>
  faultsOf(text, level).map(
    ({ id, start, end, summary, detail }) => `${id} ${start} \`${text.slice(start, end)}\` ${summary} | ${detail}`,
  );

/** Accepted expressions: level, text, unit, range. */
const accepted = [
  ['path', 'sum(bottleneck)', 'Mb/s', [0, 1e16 * (1 + 1e-8)]],
  ['edge', 'sum(residual)', 'Mb/s', [0, 1e16 * (1 + 1e-8)]],
  ['path', 'sum(demand * bottleneck)', 'Mb/s^2', [0, 1e25 * (1 + 1e-8)]],
  ['path', 'min(bottleneck)', 'Mb/s', [0, 1e9]],
  ['path', 'mean(min(1, bottleneck / max(demand, 1kbps)))', 'no unit', [0, 1 + 1e-8]],
  ['path', 'sum(bottleneck) - 0.1Mbps / 1ms * sum(pathLatency) - 1Mbps / 1s * sum(migration)', 'Mb/s', null],
  ['path', 'deviation(computeUse) + deviation(memoryUse)', 'no unit', [0, (1 + 1e-8) / 2 + (1 + 1e-8) / 2]],
  ['path', 'moves + hostsUsed / 2 - fastPathLinks + reservedLinks', 'no unit', [-1e8, 1e7 + 5e5 + 1e8]],
  ['path', 'max(0, max(bottleneck) - 1.5Gbps)', 'Mb/s', [0, 1e9 - 1500]],
  ['path', 'max(0, 1Mbps - max(bottleneck))', 'Mb/s', [0, 1]],
  ['path', '-moves * -2', 'no unit', [-0, 2e7]],
  ['path', 'moves / -(1 + hostsUsed)', 'no unit', [-1e7, -0]],
  ['path', 'abs(3 - moves)', 'no unit', [0, 1e7 - 3]],
  ['path', '1h * moves', 'ms', [0, 3600e3 * 1e7]],
  ['path', '\n\tsum( bottleneck )\r\n/ 1Mbps ', 'no unit', null],
  ['edge', 'max(utilisation) + product(1 - bottleneck / 1Tbps / 1000)', 'no unit', null],
  ['path', 'mean(product(1 - utilisation))', 'no unit', [0, 1 + 1e-8]],
  ['path', 'moves / (moves + 1e-90)', 'no unit', null],
] as const;

/** Refused ones: text, and every fault at its place. */
const refused: [string, ...string[]][] = [
  ['', 'VIRT5001 0'],
  ['sum(botleneck)', 'VIRT5003 4 botleneck'],
  ['total(bottleneck)', 'VIRT5003 0 total'],
  ['sum(constructor) + __proto__', 'VIRT5003 4 constructor', 'VIRT5003 19 __proto__'],
  ['toString() + moves.length', 'VIRT5003 0 toString', 'VIRT5001 18 .', 'VIRT5003 19 length'],
  ['moves(3)', 'VIRT5003 0 moves'],
  ['sum + moves', 'VIRT5003 0 sum'],
  ['moves moves', 'VIRT5001 6 moves'],
  ['moves + 5 Mbps', 'VIRT5001 10 Mbps'],
  ['moves + 5mbps', 'VIRT5004 9 mbps'],
  ['moves ** 2', 'VIRT5001 7 *'],
  ['+moves', 'VIRT5001 0 +'],
  ['moves -', 'VIRT5001 7'],
  ['(moves', 'VIRT5001 0 ('],
  ['moves)', 'VIRT5001 5 )'],
  ['(moves, moves)', 'VIRT5001 6 ,'],
  ['moves, moves', 'VIRT5001 5 ,'],
  ['moves $ 2', 'VIRT5001 6 $'],
  ['$moves', 'VIRT5001 0 $'],
  ['moves $', 'VIRT5001 6 $'],
  ['m\u043eves', 'VIRT5001 1 \u043e'],
  ['moves\u200b', 'VIRT5001 5 \u200b'],
  ['moves * \u0663', 'VIRT5001 8 \u0663'],
  ['moves + 2\u00a0', 'VIRT5001 9 \u00a0'],
  ['moves * 1e999', 'VIRT5007 8 1e999'],
  ['moves * 1e-999', 'VIRT5007 8 1e-999'],
  ['moves * 1e99 * 1e99', 'VIRT5007 0 moves * 1e99'],
  ['sum(bottleneck) + sum(pathLatency)', 'VIRT5004 18 sum(pathLatency)'],
  ['sum(bottleneck) + 5', 'VIRT5004 18 5'],
  ['max(moves, sum(migration))', 'VIRT5004 11 sum(migration)'],
  ['product(migration / 1h)', 'VIRT5010 8 migration / 1h'],
  ['product(migration)', 'VIRT5010 8 migration'],
  ['mean(bottleneck / demand)', 'VIRT5005 18 demand'],
  ['moves / 0', 'VIRT5005 8 0'],
  ['moves / (hostsUsed - 1)', 'VIRT5005 8 (hostsUsed - 1)'],
  ['moves / sum(min(capacity))', 'VIRT5005 8 sum(min(capacity))'],
  ['moves / (1 - max(max(utilisation)))', 'VIRT5005 8 (1 - max(max(utilisation)))'],
  ['moves / (1 - max(utilisation))', 'VIRT5006 8 (1 - max(utilisation))'],
  ['bottleneck', 'VIRT5006 0 bottleneck'],
  ['min(residual)', 'VIRT5006 0 min(residual)'],
  ['sum(residual + demand)', 'VIRT5006 15 demand'],
  ['sum(moves)', 'VIRT5006 4 moves'],
  ['sum(sum(sum(residual)))', 'VIRT5006 4 sum(sum(residual))'],
  ['sum(1)', 'VIRT5006 4 1'],
  ['sum(bottleneck, demand)', 'VIRT5008 0 sum'],
  ['abs(moves, moves)', 'VIRT5008 0 abs'],
  ['min()', 'VIRT5008 0 min'],
  ['5', 'VIRT5009 0 5'],
  ['moves * 0', 'VIRT5009 0 moves * 0'],
];

describe('checkExpression', () => {
  it.each(accepted)('accepts at level %s: %s', (level, text, unit, range) => {
    expect(told(text, level)).toEqual([]);
    const checked = checkExpression(text, level);
    const tree = checked.kind === 'checked' ? checked.tree : null;
    expect(tree && unitText(tree.unit)).toBe(unit);
    if (range) {
      expect(tree?.range.low).toBeCloseTo(range[0], 9);
      expect((tree?.range.high ?? 0) / (range[1] || 1)).toBeCloseTo(range[1] === 0 ? 0 : 1, 12);
    }
  });

  it.each(refused)('refuses %j', (text, ...expected) => {
    expect(faultsOf(text).map(({ id, start, end }) => `${id} ${start} ${text.slice(start, end)}`.trimEnd())).toEqual(
      expected.map((each) => each.trimEnd()),
    );
  });

  it('says what is wrong and what to do', () => {
    expect([
      ...told('sum(botleneck)'),
      ...told('mean(bottleneck / demand)'),
      ...told('sum(bottleneck) + 5 - sum(migration)'),
      ...told('moves / (1 - max(max(utilisation)))'),
      ...told('moves + (2 3'),
      ...told('m\u043eves'),
      ...told('moves * 1e101'),
      ...told('sum(demand * demand) + sum(pathLatency * demand / 1Mbps)'),
      ...told(`moves + ${'1Mbps * '.repeat(9)}moves`),
    ]).toMatchInlineSnapshot(`
      [
        "VIRT5003 4 \`botleneck\` There is no term \`botleneck\`. | Did you mean \`bottleneck\`? There are \`residual\`, \`capacity\`, \`load\`, \`utilisation\`, \`latency\`, \`demand\`, \`unmet\`, \`hops\`, \`computeUse\`, \`memoryUse\`, \`guests\`, \`migration\`, \`moves\`, \`hostsUsed\`, \`fastPathLinks\`, \`reservedLinks\`, \`bottleneck\`, \`pathLatency\`.",
        "VIRT5005 18 \`demand\` This divides by what can be 0: it is between 0 and 1000000000 Mb/s. | Keep it above 0, for example with \`max(demand, 1Mbps)\`.",
        "VIRT5004 18 \`5\` This is without unit, what is before it in Mb/s. | Write the number with its unit, for example \`Mbps\` right behind it.",
        "VIRT5005 8 \`(1 - max(max(utilisation)))\` This divides by what can be 0: it is between 0 and 1. | Keep it above 0, for example with \`max(1 - max(max(utilisation)), 0.01)\`.",
        "VIRT5001 8 \`(\` This bracket is never closed. | Add the \`)\` that belongs to it.",
        "VIRT5001 11 \`3\` An operator is missing before \`3\`. | Put \`+\`, \`-\`, \`*\` or \`/\` between the two.",
        "VIRT5001 1 \`о\` The character U+043E does not belong in an expression. | Names have letters of the English alphabet and digits, numbers the digits 0 to 9: type it anew.",
        "VIRT5007 8 \`1e101\` This number is too large. | Write smaller factors, or larger divisors.",
        "VIRT5004 23 \`sum(pathLatency * demand / 1Mbps)\` This is in ms, what is before it in Mb/s^2. | Multiply it by what one of its units is worth, for example \`* 1Mbps * 1Mbps / 1ms\`.",
        "VIRT5004 8 \`1Mbps * 1Mbps * 1Mbps * 1Mbps * 1Mbps * 1Mbps * 1Mbps * 1Mbps * 1Mbps * moves\` This is in Mb/s^9, what is before it without unit. | Add and compare values of one unit only.",
      ]
    `);
  });

  it('does not let what is wrong hide what else is wrong', () => {
    expect(faultsOf('botleneck + sum(max(latency, 3)) / hopss - "x"').map(({ start }) => start)).toEqual([
      0, 29, 35, 43, 44, 45,
    ]);
  });

  it('lists a limited number of mistakes', () => {
    expect(faultsOf('x + '.repeat(100))).toHaveLength(maxFaults);
  });
});
