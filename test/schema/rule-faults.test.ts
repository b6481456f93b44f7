import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankOf } from '../../schema/forwarding.js';
import type { Rule } from '../../schema/generated/types.js';
import { findTies, ruleFaults } from '../../schema/rule-faults.js';

const mac = (n: number): string => `02:00:00:00:00:0${n}`;
const [a, b, c] = [mac(1), mac(2), mac(3)] as const;
const rule = (source: string, destination: string, network = 'lan'): Rule => ({
  network,
  source,
  destination,
  to: [{ kind: 'link', peer: 'host-2' }],
});

describe('rules that tie', () => {
  const messages = (...rules: Rule[]) => ruleFaults(rules).map(({ message }) => message);

  it('are named with a frame and with what to do', () => {
    expect(messages(rule(a, 'any'), rule('any', b))).toEqual([
      `Rule (${a}, any) and rule (any, ${b}) tie for frames ${a} -> ${b}: remove one or add (${a}, ${b}).`,
    ]);
    expect(messages(rule(a, `not-${b}`), rule(a, `not-${c}`))[0]).toMatch(
      `Rule (${a}, not-${b}) and rule (${a}, not-${c}) tie for frames ${a} -> ${mac(4)}: remove one.`,
    );
    expect(messages(rule('any', `not-${b}`), rule(`not-${a}`, 'any'))[0]).toMatch(/: remove one\.$/);
    expect(messages(rule('any', 'any'), rule('any', 'any'))).toEqual(['Rule (any, any) is there twice: remove one.']);
  });

  it('do not tie where a better rule takes the frame, or on another network', () => {
    expect(findTies([rule(a, 'any'), rule('any', b), rule(a, b)])).toEqual([]);
    expect(findTies([rule(a, 'any'), rule('any', b), rule(a, `not-${c}`)])).toEqual([]);
    expect(findTies([rule(a, 'any'), rule('any', b), rule(`not-${c}`, b)])).toEqual([]);
    expect(findTies([rule(a, 'any'), rule('any', b), rule(`not-${a}`, b)])).toHaveLength(1);
    expect(findTies([rule(a, 'any'), rule('any', b, 'other')])).toEqual([]);
    expect(findTies([rule(a, 'group'), rule('any', 'group'), rule(a, 'none'), rule('any', 'any')])).toEqual([]);
  });

  it('are sought in tables of 100,000 rules without comparing each with each', () => {
    const number = (n: number) => n.toString(16).padStart(6, '0').replaceAll(/../g, ':$&');
    const many = Array.from({ length: 25_000 }, (_, n) => {
      const [source, destination, left] = [`02:00:01${number(n)}`, `02:00:02${number(n)}`, `02:00:03${number(n)}`];
      const first = [rule(source, `not-${b}`), rule(source, 'any'), rule('any', destination)];
      const second = [rule(`not-${left}`, destination), rule(source, 'any'), rule('any', destination)];
      return [...first, ...second.map((each) => ({ ...each, network: 'other' }))];
    }).flat();
    expect(findTies(many)).toEqual([]);
    expect(findTies([...many, rule('any', b), rule('02:00:03:00:00:00', 'any', 'other')])).toHaveLength(2);
  });
});

it('refuses what has no rank or cannot copy', () => {
  const refused = [
    rule(`not-${a}`, `not-${b}`),
    rule('any', 'none'),
    rule(`not-${a}`, 'none'),
    rule(`not-${a}`, 'group'),
  ];
  expect(ruleFaults(refused).map((each) => each.rule)).toEqual(refused);
  expect(ruleFaults(refused)[0]?.message).toContain('has no rank');
  const twofold = { ...rule('any', a), to: [...rule('any', a).to, ...rule('any', a).to] };
  expect(ruleFaults([twofold])[0]?.message).toContain('has 2 outputs');
  expect(ruleFaults([{ ...twofold, destination: 'group' }])).toEqual([]);
});

/** Straight from the definition, over every frame there can be. */
const addresses = [0, 1, 2, 3, 4].map(mac);
const takes = (qualifier: string, address: string): boolean =>
  qualifier === 'any' ||
  qualifier === 'none' ||
  qualifier === address ||
  (qualifier.startsWith('not-') && qualifier !== `not-${address}`);
const frames = addresses.flatMap((source) =>
  addresses.flatMap((destination) => (source === destination ? [] : [{ source, destination }])),
);
const matches = (each: Rule, frame: { source: string; destination: string }): boolean =>
  takes(each.source, frame.source) && takes(each.destination, frame.destination);

it('finds all ties and no other, on whatever tables', () => {
  const named = fc.constantFrom(a, b, c);
  const not = named.map((address) => `not-${address}`);
  const any = fc.constant('any');
  const pair = fc.oneof(
    fc.tuple(named, named),
    fc.tuple(named, not),
    fc.tuple(not, named),
    fc.tuple(named, any),
    fc.tuple(any, named),
    fc.tuple(any, not),
    fc.tuple(not, any),
    fc.tuple(named, fc.constant('none')),
    fc.tuple(any, any),
  );
  let found = 0;
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
      const rules = pairs.map(([source, destination]) => rule(source, destination));
      const ties = findTies(rules);
      found += ties.length;
      const refused = new Set(ties.map((tie) => tie.rule));
      const held = rules.filter((each) => !refused.has(each));
      const best = (frame: { source: string; destination: string }) => {
        const those = held.filter((each) => matches(each, frame));
        const top = Math.max(...those.map((each) => rankOf(each) ?? 0));
        return those.filter((each) => rankOf(each) === top);
      };
      for (const frame of frames) expect(best(frame).length).toBeLessThanOrEqual(1);
      for (const tie of ties) {
        expect(held).toContain(tie.other);
        expect(rankOf(tie.rule)).toBe(rankOf(tie.other));
        if (tie.frame.source === tie.frame.destination) continue;
        expect([tie.rule, tie.other].map((each) => matches(each, tie.frame))).toEqual([true, true]);
        const isTwice = JSON.stringify(tie.rule) === JSON.stringify(tie.other);
        if (!isTwice) expect(best(tie.frame)).toEqual([tie.other]);
      }
    }),
    { seed: 3, numRuns: 5000 },
  );
  expect(found).toBeGreaterThan(5000);
});
