import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { layout } from '../../../agents/vsched/area-layout.js';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

describeLab('virtuoso-vsched as a command', ['clang', 'linux'], () => {
  let folder: string;
  const run = (...args: string[]) => spawnSync(coreProgram(), args, { encoding: 'utf8', timeout: 10_000, input: '' });

  beforeAll(() => {
    coreProgram();
  }, 60_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-vsched-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect(run('--version').stdout).toBe(`virtuoso-vsched ${version}\n`);
  });

  it.each([
    [[]],
    [['stop']],
    [['release']],
    [['release', '--area']],
    [['run', '--area', 'x', '--cpu', '0']],
    [['run', '--area', 'x', '--reserve-ppm', '0']],
    [['run', '--area', 'x', '--cpu', '-1', '--reserve-ppm', '0']],
    [['run', '--area', 'x', '--cpu', '0x1', '--reserve-ppm', '0']],
    [['run', '--area', 'x', '--cpu', '0', '--reserve-ppm', '1000000']],
    [['run', '--area', 'x', '--cpu', '0', '--reserve-ppm', '0', '--speed', '9']],
  ])('says how it is used when it is called with %j', (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('usage: virtuoso-vsched run --cpu N');
  });

  it('begins a new area with nothing to release', () => {
    const area = join(folder, 'area');
    for (const _ of ['made', 'found empty'])
      expect(run('release', '--area', area)).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(area).size).toBe(layout.area.size);
    expect(statSync(area).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['text', Buffer.from('dear diary')],
    ['of its size but foreign', Buffer.alloc(layout.area.size, 7)],
  ])('leaves alone a file that is %s', (_, content) => {
    const path = join(folder, 'mine');
    writeFileSync(path, content);
    const { status, stderr } = run('release', '--area', path);
    expect(status).toBe(1);
    expect(stderr).toContain(`${path}: it is no area of this version`);
    expect(readFileSync(path)).toEqual(content);
  });

  it('follows no link to a file, and names the file that it cannot open', () => {
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    expect(run('release', '--area', join(folder, 'link')).stderr).toMatch(/link: Too many levels of symbolic links/);
    expect(run('release', '--area', join(folder, 'no', 'area')).stderr).toMatch(/no\/area: No such file or directory/);
  });
});
