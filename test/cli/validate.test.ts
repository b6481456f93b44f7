import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { build, cli, stackLines } from './run-cli.js';

const example = join(packageRoot(), 'examples', 'fig14');
const planted = join(packageRoot(), 'test', 'fixtures', 'planted');

beforeAll(build, 120_000);

it('says on stderr that documents are valid, and nothing on stdout', async () => {
  const run = await cli('validate', example);
  expect(run).toMatchObject({ code: 0, stdout: '' });
  expect(run.stderr).toBe(`${example}: valid: 15 documents in 9 files\n`);
});

it('tells every mistake with its place on stdout, in one run', async () => {
  const run = await cli('validate', planted);
  expect(run.code).toBe(1);
  const told = run.stdout.split('\n').filter((line) => / error VIRT\d{4}: /.test(line));
  expect(told.length).toBeGreaterThan(40);
  for (const line of told)
    expect(line).toMatch(/^(desired|inventory|policies)\/[a-z0-9-]+\.yaml:[1-9]\d*:[1-9]\d*: error/);
  expect(run.stderr).toContain(`${planted}: ${told.length} mistakes`);
  expect(stackLines(run)).toEqual([]);
});

it('tells the same as JSON', async () => {
  const [text, json] = await Promise.all([cli('validate', planted), cli('validate', '-o', 'json', planted)]);
  const { format_version, diagnostics } = JSON.parse(json.stdout);
  expect([json.code, format_version]).toEqual([1, '1']);
  const errors = diagnostics.filter(({ severity }: { severity: string }) => severity === 'error');
  expect(errors).toHaveLength(text.stdout.split('\n').filter((line) => / error VIRT\d{4}: /.test(line)).length);
});

it('judges several directories, and fails if one does', async () => {
  const run = await cli('validate', example, planted);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain(`${example}: valid`);
  expect(run.stderr).toMatch(/planted: \d+ mistakes/);
});

it('says which directory cannot be read', async () => {
  const run = await cli('validate', '/no/such/directory');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/^error: \/no\/such\/directory cannot be read/);
});
