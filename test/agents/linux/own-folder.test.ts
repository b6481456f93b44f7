import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownFolder } from '../../../agents/linux/own-folder.js';

describe.runIf(process.platform !== 'win32')('a folder of one user', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-own-'));
    path = join(folder, 'own');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('is made for this user alone, and found again', () => {
    expect(ownFolder(path)).toBeUndefined();
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(ownFolder(path)).toBeUndefined();
  });

  it('is not one of somebody else', () => {
    mkdirSync(path, { mode: 0o700 });
    const own = process.geteuid?.() ?? 0;
    vi.spyOn(process, 'geteuid').mockReturnValue(own + 1);
    expect(ownFolder(path)).toMatch(/own is somebody else's, .*: remove it/);
  });

  it('is not one that others may look into, nor a way to another one, nor a file', () => {
    mkdirSync(path);
    chmodSync(path, 0o755);
    expect(ownFolder(path)).toMatch(/remove it/);
    rmSync(path, { recursive: true });
    symlinkSync(folder, path);
    expect(ownFolder(path)).toMatch(/remove it/);
    rmSync(path);
    writeFileSync(path, '', { mode: 0o700 });
    expect(ownFolder(path)).toMatch(/remove it/);
  });
});
