import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileChangeLog } from '../../../../agents/vsched/server/change-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtuoso-changes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const change = {
  atMs: 0,
  key: 'sha256:x',
  verb: 'set',
  object: 'vm/vm-1',
  periodUs: 1,
  sliceUs: 1,
  outcome: 'granted',
};

it('keeps a line for each change, over runs of the agent, for its owner alone', () => {
  const path = join(folder, 'changes.log');
  for (const outcome of ['granted', 'overfull']) {
    const log = fileChangeLog(path, new Date(0));
    log.write({ ...change, outcome });
    log.close();
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines[1]).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","key":"sha256:x","verb":"set","object":"vm/vm-1","periodUs":1,"sliceUs":1,"outcome":"granted"}',
  );
  expect(lines.map((line) => /"outcome":"(\w+)"/.exec(line)?.[1])).toEqual([
    ...[undefined, 'granted', undefined, 'overfull', undefined],
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('is bounded, and keeps the newest', () => {
  const path = join(folder, 'changes.log');
  const log = fileChangeLog(path, new Date(0));
  for (let atMs = 0; atMs < 20_000; atMs++) log.write({ ...change, atMs });
  log.close();
  expect(statSync(path).size).toBeLessThan(300 * 1024);
  expect(readFileSync(path, 'utf8')).toContain(new Date(19_999).toISOString());
});
