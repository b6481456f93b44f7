import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['tools/ready.mjs', 'tools/set-up-lock.mjs', 'package.json', 'package-lock.json', 'package-root.ts'];

/** A package with two sources of its own and this one's dependencies. */
let clone: string;
const at = (path: string): string => join(clone, path);
const builtAt = (): number => statSync(at('dist/.built-from')).mtimeMs;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'virtuoso-ready-'));
  for (const path of [...copied, 'tsconfig.json', 'tsconfig.build.json']) cpSync(join(root, path), at(path));
  symlinkSync(join(root, 'node_modules'), at('node_modules'), 'dir');
  mkdirSync(at('cli'));
  writeFileSync(at('cli/main.ts'), 'export const main = 1;\n');
  writeFileSync(at('cli/old.ts'), 'export const old = 1;\n');
});
afterAll(() => rmSync(clone, { recursive: true }));

function ready() {
  const { stdout, stderr, status } = spawnSync(process.execPath, [at('tools/ready.mjs')], { encoding: 'utf8' });
  return { stdout, stderr, status };
}

it('builds, then has nothing to do', () => {
  expect(ready()).toEqual({ stdout: '', stderr: 'virtuoso: building ...\n', status: 0 });
  expect(existsSync(at('dist/cli/main.js'))).toBe(true);
  const before = builtAt();
  expect(ready()).toEqual({ stdout: '', stderr: '', status: 0 });
  expect(builtAt()).toBe(before);
});

it('builds what changed and removes what is gone', () => {
  writeFileSync(at('cli/new.ts'), 'export const fresh = 1;\n');
  rmSync(at('cli/old.ts'));
  expect(ready().status).toBe(0);
  expect(existsSync(at('dist/cli/new.js'))).toBe(true);
  expect(existsSync(at('dist/cli/old.js'))).toBe(false);
  expect(existsSync(at('.virtuoso/set-up.lock'))).toBe(false);
});

it('says where the sources are wrong, keeps stdout clean, and fails until they are right', () => {
  writeFileSync(at('cli/main.ts'), "export const main: number = 'one';\n");
  const { stdout, stderr, status } = ready();
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain('cli/main.ts(1,14): error TS2322');
  expect(stderr).toContain('Compiling the sources failed (exit code 1)');
  expect(ready().status).toBe(1);
  writeFileSync(at('cli/main.ts'), 'export const main = 1;\n');
  expect(ready().status).toBe(0);
});
