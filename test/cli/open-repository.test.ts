import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { openRepository } from '../../cli/open-repository.js';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'virtuoso-open-'));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

it('takes a state directory as it is typed, also a relative one', async () => {
  const repository = join(folder, 'repository');
  await makeDemoRepository({ example: 'fig14', directory: repository, pins: new Map() });
  process.chdir(folder);
  const options = { ref: 'main', subdirectory: '', stateDirectory: 'state', pollMs: 1000 };
  const opened = await openRepository({ repository, ...options });
  if (opened.kind === 'failed') throw new Error(opened.message);
  const read = await opened.source.read();
  expect(read.kind).toBe('documents');
});
