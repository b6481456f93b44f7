import { describe, expect, it } from 'vitest';
import { runExample } from '../../../reconciler/admission/run-example.js';
import type { AdmissionRule } from '../../../schema/generated/types.js';

type Spec = AdmissionRule['spec'];

const rule = (spec: Partial<Spec>): AdmissionRule => ({
  apiVersion: 'virtuoso.dev/v1alpha1',
  kind: 'AdmissionRule',
  metadata: { name: 'some' },
  spec: {
    match: { documents: { kinds: ['VMSet'] } },
    action: 'warn',
    validations: [{ expression: 'has(object.spec.placement)', message: 'No placement.' }],
    tests: [],
    ...spec,
  },
});

const run = (spec: Partial<Spec>) => (spec.tests ?? []).map((_, place) => runExample(rule(spec), place));

describe('tests of rules', () => {
  it('pass where the rule says what they expect, whatever its action', () => {
    const tests: Spec['tests'] = [
      { name: 'a', document: { spec: { placement: {} } }, expect: 'allow' },
      { name: 'b', document: {}, expect: 'deny' },
    ];
    expect(run({ tests })).toEqual([
      { passed: true, message: '' },
      { passed: true, message: '' },
    ]);
  });

  it('fail where it does not, and say what came instead', () => {
    const tests: Spec['tests'] = [
      { name: 'a', document: {}, expect: 'allow' },
      { name: 'b', document: { spec: { placement: {} } }, expect: 'deny' },
    ];
    expect(run({ tests })).toEqual([
      { passed: false, message: 'It should be allowed, and is denied: No placement.' },
      { passed: false, message: 'It should be denied, and every validation is true.' },
    ]);
  });

  it('fail where an expression fails, also if a denial is expected', () => {
    const validations = [{ expression: 'object.spec.placement.sites.size() > 1', message: 'One site.' }];
    const [result] = run({ validations, tests: [{ name: 'a', document: {}, expect: 'deny' }] });
    expect(result).toEqual({ passed: false, message: 'Validation 1 fails: No such key: placement.' });
  });

  it('ask about their document alone, with others beside it', () => {
    const validations = [
      { expression: "documents.VMSet.size() == 2 && object.metadata.name == 'example'", message: 'Not so.' },
    ];
    const tests: Spec['tests'] = [
      { name: 'a', document: {}, documents: [{ kind: 'VMSet', metadata: { name: 'db' } }], expect: 'allow' },
    ];
    expect(run({ validations, tests })).toEqual([{ passed: true, message: '' }]);
  });

  it('are told the time, and fill what a plan leaves out', () => {
    const match = { plans: {} };
    const validations = [
      {
        expression:
          'moves.size() == 1 && plan.decision.after.unmetMbps == 0.0 && plan.steps.size() == 0 && now.getHours() == 3',
        message: 'Not so.',
      },
    ];
    const plan = { changes: [{ kind: 'guest-move' }, { kind: 'link-add' }] };
    const at = '2026-01-01T03:00:00Z';
    expect(run({ match, validations, tests: [{ name: 'a', plan, at, expect: 'allow' }] })).toEqual([
      { passed: true, message: '' },
    ]);
  });
});
