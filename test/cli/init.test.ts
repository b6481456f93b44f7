import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { isDocumentPath } from '../../schema/validate/select.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

const filesIn = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
    .sort();

describe('init', () => {
  it('makes a repository that is valid, formatted, and can be planned', async () => {
    const directory = join(temporaryDirectory(), 'new', 'fleet');
    const made = await cli('init', directory);
    expect(made.code).toBe(0);
    expect(made.stdout.trim().split('\n').sort()).toEqual(
      filesIn(directory)
        .map((path) => join(directory, path))
        .sort(),
    );
    expect(filesIn(directory)).toEqual(
      [
        ...['.editorconfig', '.gitattributes', '.gitignore', '.schema/virtuoso.json', 'README.md'],
        ...['desired/adaptation.yaml', 'desired/network.yaml', 'desired/vms.yaml'],
        ...['inventory/hosts.yaml', 'inventory/network.yaml', 'inventory/sites.yaml', 'policies/limits.yaml'],
      ].sort(),
    );
    expect(await cli('validate', directory)).toMatchObject({ code: 0, stdout: '' });
    expect(await cli('fmt', '--check', directory)).toMatchObject({ code: 0, stdout: '' });
    const plan = await cli('plan', directory);
    expect([plan.code, plan.stderr]).toEqual([0, '']);
    expect(plan.stdout).toContain('start vm-1 on host-1');
  });

  it('has each document name the schema that lies beside, which accepts it', async () => {
    const directory = temporaryDirectory();
    await cli('init', directory);
    const documents = filesIn(directory).filter(isDocumentPath);
    for (const path of documents) {
      const text = readFileSync(join(directory, path), 'utf8');
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      const file = resolve(directory, dirname(path), schema);
      expect(file).toBe(join(directory, '.schema/virtuoso.json'));
      const isValid = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(file, 'utf8')));
      for (const document of parseAllDocuments(text)) expect(isValid(document.toJS()), path).toBe(true);
    }
    expect((await cli('schema')).stdout).toBe(readFileSync(join(directory, '.schema/virtuoso.json'), 'utf8'));
  });

  it.each([
    ['github', '.github/workflows/virtuoso.yml'],
    ['gitlab', '.gitlab-ci.yml'],
  ])('adds a workflow for %s that judges the documents', async (system, path) => {
    const directory = temporaryDirectory();
    expect((await cli('init', directory, '--ci', system)).code).toBe(0);
    const text = readFileSync(join(directory, path), 'utf8');
    expect(Object.keys(parse(text)).length).toBeGreaterThan(0);
    expect(text).toContain('virtuoso validate .');
    expect(text).toContain('virtuoso fmt --check .');
    expect(await cli('validate', directory)).toMatchObject({ code: 0 });
  });

  it('goes into a directory that holds other things', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, '.git'));
    writeFileSync(join(directory, 'LICENSE'), 'own');
    expect((await cli('init', directory)).code).toBe(0);
    expect(readFileSync(join(directory, 'LICENSE'), 'utf8')).toBe('own');
  });

  it('overwrites nothing, writes nothing then, and names all that is in the way', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'inventory'));
    writeFileSync(join(directory, 'inventory', 'hosts.yaml'), 'own');
    writeFileSync(join(directory, 'policies'), 'a file');
    symlinkSync('/nowhere', join(directory, 'README.md'));
    const run = await cli('init', directory);
    expect([run.code, run.stdout, stackLines(run)]).toEqual([1, '', []]);
    const named = run.stderr.split('\n').filter((line) => line.startsWith('  '));
    expect(named).toEqual(
      ['README.md', 'inventory/hosts.yaml', 'policies'].map((path) => `  ${join(directory, path)}`),
    );
    expect(filesIn(directory)).toEqual(['inventory/hosts.yaml', 'policies']);
    expect(readFileSync(join(directory, 'inventory', 'hosts.yaml'), 'utf8')).toBe('own');
  });

  it('does not write through a symbolic link', async () => {
    const directory = temporaryDirectory();
    const outside = temporaryDirectory();
    symlinkSync(outside, join(directory, 'desired'));
    const run = await cli('init', directory);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`  ${join(directory, 'desired')}\n`);
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync(join(directory, 'README.md'))).toBe(false);
  });

  it('says that its directory is a file', async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, 'own');
    expect(await cli('init', path)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`  ${path}\n`),
    });
  });
});

describe('schema', () => {
  it('prints the schema of a kind', async () => {
    const run = await cli('schema', 'VMSet');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ title: 'VMSet', type: 'object' });
  });

  it('names the kinds where there is no such one', async () => {
    const run = await cli('schema', 'Vm');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Allowed choices are Adaptation, AdmissionRule');
  });
});
