import { describe, expect, it } from 'vitest';
import { readExpression } from '../../../schema/admission/read-expression.js';

const forSets = { subject: 'documents', kinds: ['VMSet'], gives: 'bool' } as const;
const forPlans = { subject: 'plans', kinds: [], gives: 'bool' } as const;

/** `id from-to` of each mistake. */
function mistakes(text: string, context: Parameters<typeof readExpression>[1] = forSets): string[] {
  const read = readExpression(text, context);
  return read.kind === 'expression' ? [] : read.faults.map(({ id, start, end }) => `${id} ${text.slice(start, end)}`);
}

function value(text: string, variables: Record<string, unknown> = {}): unknown {
  const read = readExpression(text, { ...forSets, kinds: [] });
  if (read.kind === 'refused') throw new Error(read.faults.map(({ summary }) => summary).join(' '));
  return read.evaluate({ documents: {}, now: new Date('2026-07-01T22:30:00Z'), object: {}, ...variables });
}

describe('expressions of rules', () => {
  it.each([
    'true',
    'has(object.spec.placement)',
    "object.metadata.?labels[?'owner'].orValue('') != ''",
    'object.spec.members.all(member, !has(member.pin))',
    'documents.Host.exists(host, host.spec.site == object.metadata.name)',
    "object.metadata.name.matches('^web-[0-9]+$')",
    'cel.bind(spec, object.spec, spec.members.size() > 2)',
  ])('may be %s', (text) => {
    expect(mistakes(text)).toEqual([]);
  });

  it.each([
    ['object.spec.members.size() >', 'VIRT7001 >'],
    ['objet.spec.memory == "1Gi"', 'VIRT7002 objet'],
    ['plan.changes.size() > 1', 'VIRT7002 plan'],
    ['shout(object.metadata.name)', 'VIRT7002 shout(object.metadata.name)'],
    ['virtuoso_matches("a", "b")', 'VIRT7002 virtuoso_matches("a", "b")'],
    ["b'x' == b'x'", "VIRT7002 b'x'"],
    ['1 + "a" == 2', 'VIRT7003 1 + "a"'],
    ['object.spec.members.size()', 'VIRT7003 object.spec.members.size()'],
    ['has(object.spec.placment)', 'VIRT7004 placment'],
    ['object.spec.members.all(member, !has(member.pinn))', 'VIRT7004 pinn'],
    ['documents.Hosts.size() > 1', 'VIRT7004 Hosts'],
    ["object.metadata.name.matches('(?=a)')", "VIRT7005 '(?=a)'"],
  ])('are refused where they are wrong: %s', (text, mistake) => {
    expect(mistakes(text)).toContain(mistake);
  });

  it('are refused where they are too deep', () => {
    expect(mistakes(`${'('.repeat(60)}true${')'.repeat(60)}`)[0]).toMatch(/^VIRT7009/);
  });

  it('guess what was meant', () => {
    const read = readExpression('objct.spec.memory == "1Gi"', forSets);
    expect(read).toMatchObject({ faults: [{ detail: expect.stringContaining('Did you mean `object`?') }] });
  });

  it('know plans by other names', () => {
    expect(mistakes('moves.size() <= 3 && plan.changes.size() > 0', forPlans)).toEqual([]);
    expect(mistakes('has(object.spec)', forPlans)).toEqual(['VIRT7002 object']);
  });

  it('see no more of a value than its fields', () => {
    expect(() => value('object.constructor == 1', { object: {} })).toThrow('No such key');
    expect(() => value('object.__proto__ == 1', { object: {} })).toThrow('No such key');
  });

  it('tell the time of a zone, whatever the zone of the machine', () => {
    expect(value("now.getHours('Europe/Zurich') == 0")).toBe(true);
    expect(value("now.getDate('Europe/Zurich') == 2 && now.getDate() == 1")).toBe(true);
    expect(value('now.getHours() == 22 && now.getDayOfYear() == 181 && now.getDayOfWeek() == 3')).toBe(true);
    expect(() => value("now.getHours('Nowhere/Town') == 0")).toThrow(RangeError);
  });
});
