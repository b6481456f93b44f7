import { describe, expect, it } from 'vitest';
import { admit } from '../../reconciler/admit.js';
import type { Admission } from '../../reconciler/ports.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { inProcess } from './admission/in-process.js';

const nowMs = Date.parse('2026-06-01T00:00:00Z');

const rule = (spec: string) => `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata: {name: described}
spec:
  match: {documents: {kinds: [Site]}}
  action: deny
  validations:
    - {expression: has(object.spec.description), message: Describe it.}
  tests:
    - {name: any, document: {}, expect: deny}
${spec}`;
const site = (name: string, spec = '{}') =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

function said(text: string, sites: string[], admission: Admission = inProcess) {
  const { documents, diagnostics } = validateFiles([
    { path: 'policies/rule.yaml', text },
    { path: 'inventory/sites.yaml', text: sites.join('---\n') },
  ]);
  expect(diagnostics).toEqual([]);
  return admit({ documents, plan: null, nowMs }, admission);
}

const told = async (...given: Parameters<typeof said>) =>
  (await said(...given)).map(({ id, severity, summary, range }) => {
    return `${range.filename}:${range.start.line}: ${severity} ${id} ${summary}`;
  });

describe('rules', () => {
  it('deny what does not keep them, where it is, and say where they are', async () => {
    const all = await said(rule(''), [site('north'), site('south', '{description: by the sea}')]);
    expect(all).toMatchObject([
      {
        id: 'VIRT7011',
        severity: 'error',
        summary: 'Rule described denies Site/north: Describe it.',
        range: { filename: 'inventory/sites.yaml', start: { line: 3, column: 18 } },
      },
    ]);
    expect(all[0]?.detail).toContain('policies/rule.yaml:3');
  });

  it('tell the same whatever order documents come in', async () => {
    const sites = [site('c'), site('a'), site('b')];
    const names = (lines: string[]) => lines.map((line) => line.slice(line.indexOf('Rule'))).sort();
    expect(names(await told(rule(''), sites))).toEqual(names(await told(rule(''), sites.toReversed())));
  });

  it('leave out what is exempt, until it is not', async () => {
    const exempt = (until: string) =>
      rule(`  exemptions:\n    - {object: Site/north, until: '${until}', reason: new}\n`);
    expect(await told(exempt('2026-06-01T00:00:01Z'), [site('north')])).toEqual([]);
    expect(await told(exempt('2026-06-01T00:00:00Z'), [site('north')])).toEqual([
      'inventory/sites.yaml:3: error VIRT7011 Rule described denies Site/north: Describe it.',
      'policies/rule.yaml:12: warning VIRT7010 The exemption of Site/north from rule described has expired.',
    ]);
  });

  it('deny by failing, where their action is to deny', async () => {
    const failing = rule('').replace('has(object.spec.description)', "object.spec.description != ''");
    expect(await told(failing, [site('north')])).toEqual([
      'policies/rule.yaml:8: error VIRT7014 Rule described cannot judge Site/north: No such key: description.',
    ]);
    expect(await told(failing.replace('deny\n', 'warn\n'), [site('north')])).toEqual([
      'policies/rule.yaml:8: warning VIRT7014 Rule described cannot judge Site/north: No such key: description.',
    ]);
  });

  it('deny by not coming to an end', async () => {
    const ended: Admission = { ...inProcess, judge: async () => [{ kind: 'ended', reason: 'it took too long.' }] };
    expect(await told(rule(''), [site('north')], ended)).toEqual([
      'policies/rule.yaml:8: error VIRT7014 Rule described was ended: it took too long.',
    ]);
  });

  it('list no more than a hundred violations, and say how many more there are', async () => {
    const sites = Array.from({ length: 130 }, (_, number) => site(`site-${number}`));
    const lines = await told(rule(''), sites);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toContain('has 30 more violations');
  });

  it('are not asked where there are none', async () => {
    const never: Admission = { judge: () => Promise.reject(new Error('asked')), test: inProcess.test };
    const { documents } = validateFiles([{ path: 'inventory/sites.yaml', text: site('north') }]);
    expect(await admit({ documents, plan: null, nowMs }, never)).toEqual([]);
  });
});
