import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../package-root.js';
import { build } from './run-cli.js';

const page = (name: string) => join(packageRoot(), 'docs', 'how-to', 'ci', name);
const world = mkdtempSync(join(tmpdir(), 'virtuoso-ci-'));
const fleet = join(world, 'fleet');
const temporary = join(world, 'runner temp');
const broken = 'desired/vms.yaml';

beforeAll(async () => {
  await build();
  // Takes the place of the step that installs Virtuoso.
  mkdirSync(join(world, 'bin'));
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  writeFileSync(join(world, 'bin', 'virtuoso'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(world, 'bin', 'virtuoso'), 0o755);
  mkdirSync(temporary);
}, 120_000);
afterAll(() => rmSync(world, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(fleet, { recursive: true, force: true });
  cpSync(join(packageRoot(), 'examples', 'fig14'), fleet, { recursive: true });
});

function plant(): void {
  const path = join(fleet, broken);
  writeFileSync(path, readFileSync(path, 'utf8').replace('compute: 1', 'compute: one'));
}

/** Runs a script in the fleet as a runner does. */
function bash(script: string, ...options: string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, PATH: `${join(world, 'bin')}:${process.env.PATH}`, RUNNER_TEMP: temporary };
  return spawnSync('bash', ['--noprofile', '--norc', ...options, '-c', script], { cwd: fleet, env, encoding: 'utf8' });
}

describe('the GitHub workflow', () => {
  interface Step {
    name?: string;
    run?: string;
    with?: Record<string, string>;
  }
  const { jobs } = parse(readFileSync(page('github-workflow.yaml'), 'utf8'));
  const steps: Step[] = jobs.validate.steps;
  const script = (name: string) => steps.find((step) => step.name === name)?.run ?? '';
  const run = (name: string) => bash(script(name), '-eo', 'pipefail');
  const file = steps.find((step) => step.with && 'sarif_file' in step.with)?.with?.sarif_file ?? '';
  const uploaded = file.replace(/^\$\{\{ runner\.temp \}\}/, temporary);
  const results = () => JSON.parse(readFileSync(uploaded, 'utf8')).runs[0].results;

  it('has scripts that do not take in what others write', () => {
    for (const { run: text = '' } of steps) expect(text).not.toMatch(/\$\{\{/);
    expect(jobs.validate.env.VIRTUOSO_COMMIT).toBe('0'.repeat(40));
  });

  it('passes documents that are valid, and uploads an empty report', () => {
    expect(run('Report').status).toBe(0);
    expect(results()).toEqual([]);
    expect(run('Validate')).toMatchObject({ status: 0, stdout: '' });
  });

  it('uploads mistakes, annotates them and fails', () => {
    plant();
    expect(run('Report').status).toBe(0);
    const [{ ruleId, locations }] = results();
    expect([ruleId, locations[0].physicalLocation.artifactLocation.uri]).toEqual(['VIRT2007', broken]);
    expect(locations[0].physicalLocation.region).toMatchObject({ startLine: 9, startColumn: 12 });
    const { status, stdout } = run('Validate');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error file=desired\/vms\.yaml,line=9,col=12,endLine=9,endColumn=15,title=VIRT2007/);
  });

  it('fails before it uploads where no report can be made', () => {
    for (const folder of ['inventory', 'desired', 'policies']) rmSync(join(fleet, folder), { recursive: true });
    const { status, stderr } = run('Report');
    expect(status).not.toBe(0);
    expect(stderr).toContain('has no documents');
  });
});

describe('the GitLab job', () => {
  const { validate: job } = parse(readFileSync(page('gitlab-ci.yaml'), 'utf8'));
  const run = () => bash(job.script.join('\n'), '-eo', 'pipefail');
  const report = (kind: string) => readFileSync(join(fleet, job.artifacts.reports[kind]), 'utf8');

  it('passes documents that are valid, with reports that say so', () => {
    expect(run().status).toBe(0);
    expect(report('codequality')).toBe('[]\n');
    expect(report('junit')).toContain('tests="15" failures="0"');
  });

  it('reports mistakes, tells them and fails', () => {
    plant();
    const { status, stdout } = run();
    expect(status).toBe(1);
    expect(stdout).toContain('desired/vms.yaml:9:12: error VIRT2007');
    expect(JSON.parse(report('codequality'))).toEqual([
      expect.objectContaining({ check_name: 'VIRT2007', location: { path: broken, lines: { begin: 9 } } }),
    ]);
    expect(report('junit')).toContain('desired/vms.yaml:9:12: error VIRT2007');
    expect(job.artifacts.when).toBe('always');
  });

  it('fails where no report can be made', () => {
    rmSync(join(fleet, 'inventory'), { recursive: true });
    for (const folder of ['desired', 'policies']) rmSync(join(fleet, folder), { recursive: true });
    expect(run().status).not.toBe(0);
    expect(existsSync(join(fleet, job.artifacts.reports.junit))).toBe(false);
  });
});
