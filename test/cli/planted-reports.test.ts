import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { madeContent, madeLink, planted, plantedRepository } from '../schema/planted-mistakes.js';
import { build, cli } from './run-cli.js';

let directory: string;
beforeAll(async () => {
  await build();
  directory = mkdtempSync(join(tmpdir(), 'virtuoso-planted-'));
  cpSync(plantedRepository, directory, { recursive: true });
  for (const [path, content] of Object.entries(madeContent)) writeFileSync(join(directory, path), content);
  symlinkSync('vms.yaml', join(directory, madeLink));
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What one run prints in a format; it fails, as the documents have mistakes. */
async function report(format: string): Promise<string> {
  const run = await cli('validate', '-o', format, directory);
  expect(run.code).toBe(1);
  expect(run.stderr).toBe(`${directory}: ${planted.length} mistakes\n`);
  return run.stdout;
}

/** A path within the directory, out of one from where the test runs. */
const within = (path: string) => path.slice(path.indexOf('virtuoso-planted-')).split('/').slice(1).join('/');

const expected = [...planted].sort();

interface SarifResult {
  ruleId: string;
  locations: {
    physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number } };
  }[];
}

it('has all planted mistakes at their places in SARIF', async () => {
  const { results } = JSON.parse(await report('sarif')).runs[0];
  const found = (results as SarifResult[]).flatMap(({ ruleId, locations }) =>
    locations.map(({ physicalLocation: { artifactLocation, region } }) => {
      return `${within(artifactLocation.uri)}:${region.startLine}:${region.startColumn} ${ruleId}`;
    }),
  );
  expect(found.sort()).toEqual(expected);
});

it('has all planted mistakes at their places in JUnit', async () => {
  const text = await report('junit');
  const failures = [...text.matchAll(/<failure type="(VIRT\d{4})" message="[^"]*">([^\n]*?): error VIRT/g)];
  expect(failures.map(([, id, place]) => `${within(place ?? '')} ${id}`).sort()).toEqual(expected);
});

it('has all planted mistakes in their lines for GitHub and GitLab', async () => {
  const lines = expected.map((place) => place.replace(/:\d+ /, ' '));
  const findings = JSON.parse(await report('gitlab')) as {
    check_name: string;
    location: { path: string; lines: { begin: number } };
  }[];
  const ofGitlab = findings.map(
    ({ check_name, location: { path, lines: at } }) => `${within(path)}:${at.begin} ${check_name}`,
  );
  expect(ofGitlab.sort()).toEqual(lines.sort());
  const commands = (await report('github')).matchAll(/^::error file=([^,]*),line=(\d+),[^:]*title=(VIRT\d{4})/gm);
  expect([...commands].map(([, file, line, id]) => `${within(file ?? '')}:${line} ${id}`).sort()).toEqual(lines);
});
