import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { openRepository } from '../../cli/open-repository.js';

const folder = mkdtempSync(join(tmpdir(), 'virtuoso-open-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes a state directory as it is typed, also a relative one', async () => {
  const repository = join(folder, 'repository');
  await makeDemoRepository({ example: 'fig14', directory: repository, pins: new Map() });
  const stateDirectory = relative(process.cwd(), join(folder, 'state'));
  const opened = await openRepository({ repository, ref: 'main', subdirectory: '', stateDirectory, pollMs: 1000 });
  if (opened.kind === 'failed') throw new Error(opened.message);
  const read = await opened.source.read();
  expect(read.kind).toBe('documents');
});
