import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { packageRoot } from '../package-root.js';

it('is the folder of package.json', () => {
  expect(relative(packageRoot(), fileURLToPath(new URL('../package.json', import.meta.url)))).toBe('package.json');
});
