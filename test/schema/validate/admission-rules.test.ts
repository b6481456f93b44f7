import { describe, expect, it } from 'vitest';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const rule = (spec: string) => `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata:
  name: some
spec:
${spec}`;

/** `line:column id` of each mistake. */
function mistakes(spec: string): string[] {
  const { diagnostics } = validateFiles([{ path: 'policies/some.yaml', text: rule(spec) }]);
  return diagnostics.map(({ id, range }) => `${range.start.line}:${range.start.column} ${id}`);
}

const good = `  match: {documents: {kinds: [VMSet]}}
  action: deny
  validations:
    - expression: has(object.spec.placement)
      message: Add a placement.
  tests:
    - {name: with, document: {spec: {placement: {}}}, expect: allow}
`;

describe('rules', () => {
  it('are documents like others', () => {
    expect(mistakes(good)).toEqual([]);
  });

  it('are pointed at inside their expressions, also over several lines', () => {
    expect(mistakes(good.replace('placement)', 'placment)'))).toEqual(['9:35 VIRT7004']);
    const folded = '>-\n        true &&\n        has(object.spec.placment)';
    expect(mistakes(good.replace('has(object.spec.placement)', folded))).toEqual(['11:25 VIRT7004']);
    const quoted = `'object.metadata.name == ''a'' && thing'`;
    expect(mistakes(good.replace('has(object.spec.placement)', quoted))).toEqual(['9:53 VIRT7002']);
  });

  it('judge documents or plans, not both, of kinds that there are', () => {
    expect(mistakes(good.replace('{documents: {kinds: [VMSet]}}', '{}'))).toEqual(['6:10 VIRT2010']);
    expect(mistakes(good.replace('[VMSet]}}', '[VMSet]}, plans: {}}'))).toEqual(['6:10 VIRT2010']);
    expect(mistakes(good.replace('[VMSet]', '[VMSet, VMSets]'))).toEqual(['6:38 VIRT2003']);
  });

  it('have a test at least, that fits them', () => {
    expect(mistakes(good.replace(/tests:[\s\S]*/, 'tests: []\n'))).toEqual(['11:10 VIRT2010']);
    expect(mistakes(good.replace('document: {spec: {placement: {}}}', 'plan: {}'))).toEqual([
      '12:14 VIRT7008',
      '12:26 VIRT7008',
    ]);
    expect(mistakes(good.replace('document: {', 'document: {kind: Host, '))).toEqual(['12:37 VIRT7008']);
    expect(mistakes(good.replace('expect', "at: '2026-02-30T00:00:00Z', expect"))).toEqual(['12:59 VIRT7006']);
  });

  it('exempt what they judge, and what there is, until a time that there is', () => {
    const exempt = (object: string, until: string) =>
      mistakes(`${good}  exemptions:\n    - {object: ${object}, until: '${until}', reason: why not}\n`);
    expect(exempt('VMSet/gone', '2026-04-31T00:00:00Z')).toEqual(['14:16 VIRT3006', '14:35 VIRT7006']);
    expect(exempt('Host/web', '2026-04-30T00:00:00Z')).toEqual(['14:16 VIRT7007']);
    expect(exempt('Plan', '2026-04-30T00:00:00Z')).toEqual(['14:16 VIRT7007']);
    expect(exempt('VMSet/web', 'soon')).toEqual(['14:16 VIRT3006', '14:34 VIRT2007']);
  });
});
