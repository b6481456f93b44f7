import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { objectFile } from '../../../agents/vnet/object-file.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtuoso-object-'));
  cpSync(join(packageRoot(), 'agents/native'), join(root, 'agents/native'), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const source = (): string => join(root, 'agents/native/vnet.bpf.c');

it('without a compiler says how to get one', () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(() => objectFile(root)).toThrow(/vnet\.bpf\.o.*apt install clang/);
});

describeLab('object of the core', ['clang', 'libbpf'], () => {
  it('is compiled once, and again when a source is newer', () => {
    const object = objectFile(root);
    expect(readFileSync(object).subarray(1, 4).toString()).toBe('ELF');
    const compiledAt = statSync(object).mtimeMs;
    vi.stubEnv('PATH', '/nowhere');
    expect(objectFile(root)).toBe(object);
    vi.unstubAllEnvs();
    const later = new Date(Date.now() + 60_000);
    utimesSync(source(), later, later);
    objectFile(root);
    expect(statSync(object).mtimeMs).toBeGreaterThan(compiledAt);
  });

  it('is not made from a source that does not compile', () => {
    writeFileSync(source(), 'int main(void) { return unknown; }\n');
    expect(() => objectFile(root)).toThrow(/cannot compile[\s\S]*unknown/);
  });
});
