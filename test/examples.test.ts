import { expect, it } from 'vitest';
import { validateFiles } from '../schema/validate/validate-files.js';
import { exampleFiles } from './examples.js';

it('has no mistake in the example of figure 14', () => {
  const { documents, diagnostics } = validateFiles(exampleFiles('fig14'));
  expect(diagnostics).toEqual([]);
  const kinds = documents.map(({ document }) => document.kind);
  expect(kinds.filter((kind) => kind === 'Host')).toHaveLength(6);
  expect(new Set(kinds).size).toBe(9);
});
