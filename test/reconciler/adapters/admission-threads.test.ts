import { describe, expect, it } from 'vitest';
import { AdmissionThreads } from '../../../reconciler/adapters/admission-threads.js';
import { inputsOf } from '../../../reconciler/admission/inputs.js';
import type { AdmissionRule } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const site = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata: {name: north}\nspec: {}\n';
const { documents } = validateFiles([{ path: 'inventory/site.yaml', text: site }]);
const inputs = inputsOf(documents, null, 0);

const rule = (expression: string): AdmissionRule => ({
  apiVersion: 'virtuoso.dev/v1alpha1',
  kind: 'AdmissionRule',
  metadata: { name: 'some' },
  spec: {
    match: { documents: { kinds: ['Site'] } },
    action: 'deny',
    validations: [{ expression, message: 'Not so.' }],
    tests: [{ name: 'any', document: {}, expect: 'allow' }],
  },
});

const hundred = `[${Array.from({ length: 100 }, (_, number) => number).join(',')}]`;
const nested = ['a', 'b', 'c', 'd', 'e', 'f'].reduceRight((inner, name) => `list.all(${name}, ${inner})`, 'a + b >= 0');
const endless = rule(`cel.bind(list, ${hundred}, ${nested})`);
const octupled = Array.from({ length: 8 }, (_, n) => `cel.bind(v${n + 1}, ${Array(8).fill(`v${n}`).join(' + ')}, `);
const insatiable = rule(`cel.bind(v0, ${hundred}, ${octupled.join('')}v8.size() > 0${')'.repeat(9)}`);

const fine = { kind: 'judged', violations: [], unlisted: 0 };
const untrue = { object: 'Site/north', validation: 0, kind: 'untrue', message: 'Not so.' };

describe('a thread for rules', () => {
  it('answers in the order of the rules', async () => {
    const outcomes = await new AdmissionThreads().judge([rule('true'), rule('false'), rule('true')], inputs);
    expect(outcomes).toEqual([fine, { kind: 'judged', violations: [untrue], unlisted: 0 }, fine]);
  });

  it('is ended with a rule that does not come to an end, and the next rule gets another', async () => {
    const admission = new AdmissionThreads({ ruleMs: 1500 });
    const outcomes = await admission.judge([rule('true'), endless, rule('true')], inputs);
    expect(outcomes).toEqual([fine, { kind: 'ended', reason: 'it took more than 1500 ms. Simplify it.' }, fine]);
  });

  it('is ended with a rule that takes all memory, and the next rule gets another', async () => {
    const admission = new AdmissionThreads({ ruleMs: 20_000, totalMs: 60_000, memoryMib: 32 });
    const [taken, next] = await admission.judge([insatiable, rule('true')], inputs);
    expect(taken).toMatchObject({ kind: 'ended', reason: expect.stringContaining('32 MiB of memory') });
    expect(next).toEqual(fine);
  });

  it('does not work for ever on many rules', async () => {
    const admission = new AdmissionThreads({ ruleMs: 1000, totalMs: 1 });
    const [, last] = await admission.judge([endless, rule('true')], inputs);
    expect(last).toMatchObject({ kind: 'ended', reason: expect.stringContaining('all rules together') });
  });

  it('fails the test of a rule that does not come to an end', async () => {
    const admission = new AdmissionThreads({ ruleMs: 1000 });
    expect(await admission.test(endless)).toEqual([
      { passed: false, message: 'it took more than 1000 ms. Simplify it.' },
    ]);
  });
});
