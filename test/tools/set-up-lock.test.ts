import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const module = new URL('../../tools/set-up-lock.mjs', import.meta.url).href;
/** Appends to a log on entry and exit of the locked section. */
const worker = `
  import { appendFileSync } from 'node:fs';
  const { withLock } = await import(${JSON.stringify(module)});
  const [lock, log] = process.argv.slice(1);
  await withLock(lock, async () => {
    appendFileSync(log, 'in ' + process.pid + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    appendFileSync(log, 'out ' + process.pid + '\\n');
  }, () => {});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtuoso-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = () =>
  new Promise<number | null>((resolve) => {
    const args = ['--input-type=module', '-e', worker, join(folder, 'lock'), join(folder, 'log')];
    spawn(process.execPath, args, { stdio: 'inherit' }).on('close', resolve);
  });

async function expectTurns(processes: number): Promise<void> {
  const codes = await Promise.all(Array.from({ length: processes }, start));
  expect(codes).toEqual(codes.map(() => 0));
  const log = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
  expect(log).toHaveLength(2 * processes);
  for (let turn = 0; turn < log.length; turn += 2) {
    expect(log[turn + 1]).toBe(log[turn]?.replace('in', 'out'));
  }
  expect(existsSync(join(folder, 'lock'))).toBe(false);
}

it('lets one process at a time in', () => expectTurns(6));

it('takes over from a process that died', async () => {
  mkdirSync(join(folder, 'lock'));
  writeFileSync(join(folder, 'lock', 'pid-4194304'), ''); // above the largest process id Linux gives
  await expectTurns(3);
});

it('takes over a folder that a dying process left empty', async () => {
  mkdirSync(join(folder, 'lock'));
  await expectTurns(2);
});
