import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it('closes a run with what was skipped for the machine and the plain count', () => {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/fixtures/reporter/vitest.config.ts'];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
    'Skipped for this machine: 1',
    '  mixed.case.ts: SKIPPED (needs iperf3): traffic',
    // failed: the test, the suite whose hook threw, the file that does not load
    '1 passed, 3 failed, 4 skipped',
  ]);
  expect(status).toBe(1);
});
