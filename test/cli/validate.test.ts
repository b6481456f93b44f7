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

it.each(['json', 'gitlab', 'sarif', 'junit'])('writes one %s report of several directories', async (format) => {
  const run = await cli('validate', '-o', format, example, planted, `${planted}/`);
  expect(run.code).toBe(1);
  expect(run.stderr.match(/planted: \d+ mistakes/g)).toHaveLength(1);
  if (format === 'junit') expect(run.stdout.match(/<testsuites /g)).toHaveLength(1);
  else expect(() => JSON.parse(run.stdout)).not.toThrow();
  expect(run.stdout).toContain('test/fixtures/planted/desired/vms.yaml');
});

it('names files of one directory in JSON as in text, and from the working directory for services', async () => {
  const [json, gitlab] = await Promise.all(['json', 'gitlab'].map((format) => cli('validate', '-o', format, planted)));
  expect(JSON.parse(json?.stdout ?? '').diagnostics[0].range.filename).toMatch(/^desired\//);
  expect(JSON.parse(gitlab?.stdout ?? '')[0].location.path).toMatch(/^test\/fixtures\/planted\/desired\//);
});

it('writes a report of documents without mistakes, too', async () => {
  const [sarif, github, junit] = await Promise.all(
    ['sarif', 'github', 'junit'].map((format) => cli('validate', '-o', format, example)),
  );
  expect(sarif).toMatchObject({ code: 0, stderr: `${example}: valid: 15 documents in 9 files\n` });
  expect(JSON.parse(sarif?.stdout ?? '').runs[0].results).toEqual([]);
  expect(github).toMatchObject({ code: 0, stdout: '' });
  expect(junit?.stdout).toContain('<testsuites name="virtuoso validate" tests="15" failures="0" errors="0">');
});

it('writes no report that is not of all directories', async () => {
  const run = await cli('validate', '-o', 'sarif', example, join(packageRoot(), 'tools'));
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('has no documents');
  expect(run.stderr).toContain('error: No report is written');
});

it('says which directory cannot be read', async () => {
  const run = await cli('validate', '/no/such/directory');
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toMatch(/^error: \/no\/such\/directory cannot be read/);
});
