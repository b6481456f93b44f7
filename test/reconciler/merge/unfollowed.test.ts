import { describe, expect, it } from 'vitest';
import { merge } from '../../../reconciler/merge/merge.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';
import { observed } from './observed.js';

const head = `apiVersion: virtuoso.dev/v1alpha1
kind: Objective
metadata:
  name: other
spec:
  level: path
  goal: maximise
`;

function merged(spec: string) {
  const files = exampleFiles('fig14').filter(({ text }) => !text.includes('kind: Objective'));
  const { documents, diagnostics } = validateFiles([...files, { path: 'desired/other.yaml', text: head + spec }]);
  expect(diagnostics).toEqual([]);
  return merge(documents, 'abc', observed());
}

describe('an objective that solvers do not strive for', () => {
  it('is refused where it is written, expression and tie-breaks', () => {
    const result = merged(
      '  expression: min(bottleneck)\n  tieBreaks:\n    - goal: minimise\n      expression: moves\n',
    );
    expect(result).toMatchObject({
      kind: 'rejected',
      diagnostics: [
        { id: 'VIRT5011', range: { filename: 'desired/other.yaml', start: { line: 8, column: 15 } } },
        { id: 'VIRT5011', range: { filename: 'desired/other.yaml', start: { line: 10, column: 5 } } },
      ],
    });
  });

  it('is none that says what its level means without an expression', () => {
    expect(merged('  expression: sum(bottleneck)\n')).not.toHaveProperty('kind');
    expect(merged('')).not.toHaveProperty('kind');
  });
});
