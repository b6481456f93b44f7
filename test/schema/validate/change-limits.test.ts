import { describe, expect, it } from 'vitest';
import { validateFiles } from '../../../schema/validate/validate-files.js';

/** `line:column id` of each mistake in a ChangeLimit beside a VMSet with vm-1. */
function mistakes(approval: string): string[] {
  const limit = `apiVersion: virtuoso.dev/v1alpha1
kind: ChangeLimit
metadata: {name: careful}
spec:
  approvals:
    - ${approval}
`;
  const set = `apiVersion: virtuoso.dev/v1alpha1
kind: VMSet
metadata: {name: web}
spec: {network: lan, compute: 1, memory: 1Gi, members: [{name: vm-1}]}
`;
  const { diagnostics } = validateFiles([
    { path: 'policies/limit.yaml', text: limit },
    { path: 'desired/set.yaml', text: set },
  ]);
  return diagnostics
    .filter(({ range }) => range.filename === 'policies/limit.yaml')
    .map(({ id, range }) => `${range.start.line}:${range.start.column} ${id}`);
}

const plan = `plan: 'sha256:${'0'.repeat(64)}'`;

describe('approvals', () => {
  it('are of a plan until some time, or of removals', () => {
    expect(mistakes(`{${plan}, until: '2027-01-31T00:00:00Z', by: ada}`)).toEqual([]);
    expect(mistakes('{remove: [vm-9], by: ada, reason: it is old}')).toEqual([]);
  });

  it('say what they approve, and until when', () => {
    expect(mistakes('{by: ada}')).toEqual(['6:12 VIRT7015']);
    expect(mistakes(`{by: ada, ${plan}, remove: [vm-9]}`)).toEqual(['6:12 VIRT7015']);
    expect(mistakes(`{${plan}, by: ada}`)).toEqual(['6:14 VIRT7015']);
    expect(mistakes("{remove: [vm-9], by: ada, until: '2027-01-31T00:00:00Z'}")).toEqual(['6:40 VIRT7015']);
    expect(mistakes(`{by: ada, ${plan}, until: '2027-02-30T00:00:00Z'}`)).toEqual(['6:105 VIRT7006']);
    expect(mistakes(`{${plan}, until: '2027-01-31T00:00:00Z'}`)).toEqual(['6:7 VIRT2005']);
  });

  it('are of no VM that is wanted', () => {
    expect(mistakes('{by: ada, remove: [vm-9, vm-1]}')).toEqual(['6:32 VIRT7016']);
  });
});
