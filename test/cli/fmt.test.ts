import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { temporaryDirectory, writeFiles } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

const crooked = 'kind: Site\napiVersion: "virtuoso.dev/v1alpha1"\nmetadata:\n    name: x # its name\nspec: {}\n';
const straight = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: x # its name\nspec: {}\n';

function repositoryOf(files: Record<string, string>): string {
  const directory = temporaryDirectory();
  writeFiles(directory, files);
  return directory;
}
const contents = (directory: string, path: string) => readFileSync(join(directory, path), 'utf8');

describe('fmt', () => {
  it('formats the documents of a repository, prints which, and changes nothing else', async () => {
    const files = {
      'inventory/a.yaml': crooked,
      'inventory/b.yaml': straight,
      'inventory/.c.yaml': crooked,
      'notes/d.yaml': crooked,
      'inventory/e.json': '{}',
    };
    const directory = repositoryOf(files);
    chmodSync(join(directory, 'inventory/a.yaml'), 0o640);
    const run = await cli('fmt', directory);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^\S*inventory\/a\.yaml\n$/);
    expect(run.stderr).toBe('1 of 2 files formatted\n');
    for (const [path, text] of Object.entries(files))
      expect(contents(directory, path), path).toBe(path === 'inventory/a.yaml' ? straight : text);
    expect(statSync(join(directory, 'inventory/a.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(directory, 'inventory')).sort()).toEqual(['.c.yaml', 'a.yaml', 'b.yaml', 'e.json']);
    expect(await cli('fmt', directory)).toEqual({ code: 0, stdout: '', stderr: '2 files in canonical form\n' });
  });

  it('with --check shows what would change, changes nothing, and exits with 1', async () => {
    const directory = repositoryOf({ 'inventory/a.yaml': crooked, 'inventory/b.yaml': straight });
    const run = await cli('fmt', '--check', directory);
    expect(run.code).toBe(1);
    expect(run.stdout.replace(/^.*inventory/, 'inventory')).toBe(
      [
        'inventory/a.yaml',
        '@@ -1 +1 @@',
        '+apiVersion: virtuoso.dev/v1alpha1',
        ' kind: Site',
        '-apiVersion: "virtuoso.dev/v1alpha1"',
        ' metadata:',
        '-    name: x # its name',
        '+  name: x # its name',
        ' spec: {}',
        '',
      ].join('\n'),
    );
    expect(run.stderr).toBe(`1 of 2 files is not in canonical form: run \`virtuoso fmt ${directory}\`\n`);
    expect(contents(directory, 'inventory/a.yaml')).toBe(crooked);
  });

  it('formats one file, or one folder of a repository', async () => {
    const directory = repositoryOf({
      'desired/a.yaml': crooked,
      'desired/team/b.yaml': crooked,
      'desired/team/deep/c.yaml': crooked,
    });
    expect((await cli('fmt', join(directory, 'desired/a.yaml'))).stderr).toBe('1 of 1 file formatted\n');
    expect((await cli('fmt', join(directory, 'desired/team'))).stderr).toBe('2 of 2 files formatted\n');
    expect(contents(directory, 'desired/team/deep/c.yaml')).toBe(straight);
  });

  it('leaves a file with mistakes alone and names them, and formats the others', async () => {
    const broken = 'kind: Site\n  spec: [\n';
    const directory = repositoryOf({ 'inventory/a.yaml': broken, 'inventory/b.yaml': crooked });
    const run = await cli('fmt', directory);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/inventory\/a\.yaml:\d+:\d+: error VIRT\d{4}: /);
    expect(run.stderr).toContain('1 of 2 files formatted; 1 left alone, as told above');
    expect(contents(directory, 'inventory/a.yaml')).toBe(broken);
    expect(contents(directory, 'inventory/b.yaml')).toBe(straight);
  });

  it('follows no symbolic link', async () => {
    const outside = repositoryOf({ 'inventory/a.yaml': crooked });
    const directory = repositoryOf({ 'inventory/b.yaml': straight });
    symlinkSync(join(outside, 'inventory/a.yaml'), join(directory, 'inventory/link.yaml'));
    symlinkSync(join(outside, 'inventory'), join(directory, 'inventory/folder'));
    const run = await cli('fmt', directory);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/link\.yaml:1:1: error VIRT1009/);
    for (const path of ['inventory/link.yaml', 'inventory/folder'])
      expect((await cli('fmt', join(directory, path))).stderr).toMatch(/is a symbolic link, which is not followed/);
    expect(contents(outside, 'inventory/a.yaml')).toBe(crooked);
    expect(lstatSync(join(directory, 'inventory/link.yaml')).isSymbolicLink()).toBe(true);
  });

  it.each([
    ['what is not there', 'nothing', /cannot be read/],
    ['no document', 'README.md', /is no document/],
    ['a folder without documents', 'notes', /has no documents/],
  ])('refuses %s', async (_what, path, message) => {
    const directory = repositoryOf({ 'README.md': '# x\n', 'notes/a.yaml': crooked });
    const run = await cli('fmt', join(directory, path));
    expect([run.code, run.stdout, stackLines(run)]).toEqual([1, '', []]);
    expect(run.stderr).toMatch(message);
  });

  it('shows no control character of a file', async () => {
    const directory = repositoryOf({ 'inventory/a.yaml': `kind: x # \u0085\u200e\n${crooked.slice(11)}` });
    const run = await cli('fmt', '--check', directory);
    expect(run.stdout).toContain('\\u{85}\\u{200e}');
    expect(run.stdout).not.toMatch(/[\u0085\u200e]/);
    const refused = await cli('fmt', '--check', repositoryOf({ 'inventory/a.yaml': 'kind: x # \u009b31m\u202e\n' }));
    expect(refused.stderr).toContain(
      'inventory/a.yaml:1:11: error VIRT1008: The control character U+009B is no part of YAML.',
    );
    expect(refused.stdout + refused.stderr).not.toMatch(/[\u009b\u202e]/);
  });

  it('formats standard input to standard output', () => {
    const main = join(packageRoot(), 'dist', 'cli', 'main.js');
    const format = (input: string, ...options: string[]) =>
      spawnSync(process.execPath, [main, 'fmt', '-', ...options], { input, encoding: 'utf8' });
    expect(format(crooked)).toMatchObject({ status: 0, stdout: straight, stderr: '' });
    expect(format('a: [')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^-:1:4: error VIRT1004/),
    });
    expect(format(crooked, '--check')).toMatchObject({ status: 1, stdout: '' });
    expect(format(straight, '--check')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});

describe('the examples', () => {
  it('are in canonical form', async () => {
    const names = ['fig14', 'branches'].map((name) => join(packageRoot(), 'examples', name));
    expect(await cli('fmt', '--check', ...names)).toMatchObject({ code: 0, stdout: '' });
  });
});
