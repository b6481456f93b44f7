import { expect, it } from 'vitest';
import { isDocumentPath } from '../../../schema/validate/select.js';

it.each(['inventory/hosts.yaml', 'desired/team-a/web.yml', 'policies/a/b/c.yaml'])('reads %s', (path) => {
  expect(isDocumentPath(path)).toBe(true);
});

it.each([
  ...[
    'README.md',
    'inventory',
    'inventory.yaml',
    'docs/example.yaml',
    '.github/workflows/ci.yaml',
    'desired/notes.txt',
  ],
  ...[
    'desired/.hidden.yaml',
    'desired/.git/config.yaml',
    'other/desired/web.yaml',
    'desired/web.yaml.bak',
    'desired/web.json',
  ],
])('does not read %s', (path) => {
  expect(isDocumentPath(path)).toBe(false);
});
