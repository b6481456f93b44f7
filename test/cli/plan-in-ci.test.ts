import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../package-root.js';
import { gitIn, type Repository } from '../reconciler/adapters/git-fixture.js';
import { fleetRepository, seen } from './fleet-repository.js';
import { build } from './run-cli.js';

const page = (name: string) => join(packageRoot(), 'docs', 'how-to', 'ci', name);
const world = mkdtempSync(join(tmpdir(), 'virtuoso-plan-ci-'));
const programs = join(world, 'bin');
const runner = join(world, 'runner temp');
const vms = 'desired/vms.yaml';

/** Stands for the service: keeps the comments that were written, one file for each by its number. */
const commentFolder = join(world, 'comments');
const comments = (): string[] =>
  ['1', '2']
    .map((id) => join(commentFolder, id))
    .flatMap((file) => (existsSync(file) ? [readFileSync(file, 'utf8')] : []));

const stub = `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const file = (id) => ${JSON.stringify(commentFolder)} + '/' + id;
const body = args.find((each) => each.startsWith('body@') || each.startsWith('body=@'))?.replace(/^body=?@/, '');
const place = args.find((each) => /\\/(comments|notes)(\\/|$|\\?)/.test(each)) ?? '';
if (body === undefined) {
  const all = ['1', '2'].filter((id) => existsSync(file(id))).map((id) => ({ id: Number(id), body: readFileSync(file(id), 'utf8') }));
  if (!args.includes('--jq')) console.log(JSON.stringify(all));
  else for (const { id, body } of all) if (body.startsWith('<!-- virtuoso:plan -->')) console.log(id);
} else {
  const known = /\\/(\\d+)$/.exec(/(comments|notes)\\/\\d+$/.exec(place)?.[0] ?? '')?.[1];
  const isNew = args.includes('POST');
  if (isNew === (known !== undefined)) process.exit(22);
  writeFileSync(file(known ?? (existsSync(file('1')) ? '2' : '1')), readFileSync(body, 'utf8'));
}
`;

let made: Repository;

beforeAll(async () => {
  await build();
  mkdirSync(programs);
  mkdirSync(runner);
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  writeFileSync(join(programs, 'virtuoso'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  for (const name of ['gh', 'curl']) writeFileSync(join(programs, name), stub);
  for (const name of ['gh', 'curl', 'virtuoso']) chmodSync(join(programs, name), 0o755);
}, 120_000);
afterAll(() => rmSync(world, { recursive: true, force: true }));

beforeEach(async () => {
  rmSync(commentFolder, { recursive: true, force: true });
  mkdirSync(commentFolder);
  made = await fleetRepository(seen(new Date().toISOString()));
  gitIn(made.work, 'checkout', '-q', '-b', 'pin');
});

/** Changes the documents on the branch of the pull request. */
function change(edit: (text: string) => string): string {
  const path = join(made.work, vms);
  writeFileSync(path, edit(readFileSync(path, 'utf8')));
  gitIn(made.work, 'commit', '-q', '-a', '-m', 'Change it');
  return gitIn(made.work, 'rev-parse', 'HEAD');
}
const pin = (text: string) => text.replace('initialHost: host-6', 'pin: host-3');

function bash(script: string, variables: Record<string, string>) {
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, RUNNER_TEMP: runner, ...variables };
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: made.work,
    env,
    encoding: 'utf8',
  });
}

describe('the GitHub job', () => {
  const { jobs } = parse(readFileSync(page('github-workflow.yaml'), 'utf8'));
  const steps: { name?: string; run?: string }[] = jobs.plan.steps;
  const output = join(world, 'output');

  /** Runs the steps after those that install; returns what the last one ended with. */
  function play(): number | null {
    writeFileSync(output, '');
    const run = (name: string, variables: Record<string, string>) =>
      bash(steps.find((step) => step.name === name)?.run ?? 'exit 99', variables);
    const planned = run('Plan', { BASE: 'main', GITHUB_OUTPUT: output });
    expect(planned.status, planned.stderr).toBe(0);
    const told = run('Comment', { NUMBER: '12', GITHUB_REPOSITORY: 'org/fleet', GH_TOKEN: 'none' });
    expect(told.status, told.stderr).toBe(0);
    return run('Judge', { CODE: /^code=(\d+)$/m.exec(readFileSync(output, 'utf8'))?.[1] ?? '' }).status;
  }

  it('has scripts that do not take in what others write, and may write comments and nothing else', () => {
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{/);
    expect(jobs.plan.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    expect(jobs.plan.env).toEqual(jobs.validate.env && { ...jobs.validate.env });
  });

  it('writes one comment and updates it, beside those of others, and fails where it is not to be merged', {
    timeout: 120_000,
  }, () => {
    writeFileSync(join(commentFolder, '1'), 'Looks good.');
    change(pin);
    expect(play()).toBe(0);
    expect(comments()).toHaveLength(2);
    expect(comments()[1]).toContain('| vm-4 | host-6 | host-2 | host-3 |');
    change((text) => text.replace('1Gi', 'much'));
    expect(play()).toBe(1);
    expect(comments()).toEqual([
      'Looks good.',
      expect.stringContaining('**HEAD has mistakes, and would not take effect.**'),
    ]);
  });
});

describe('the GitLab job', () => {
  const jobs = parse(readFileSync(page('gitlab-ci.yaml'), 'utf8'));
  const variables = {
    ...{ CI_API_V4_URL: 'https://git.example.org/api/v4', CI_PROJECT_ID: '3', CI_MERGE_REQUEST_IID: '12' },
    ...{ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main', VIRTUOSO_NOTES_TOKEN: 'none' },
  };
  const play = () => bash(jobs.plan.script.join('\n'), variables);

  it('installs as the other does, and fetches what it compares', () => {
    expect(jobs.plan.before_script).toEqual(jobs.validate.before_script);
    expect(jobs.plan.variables.GIT_DEPTH).toBe('0');
  });

  it('writes one note and updates it, and fails where it is not to be merged', { timeout: 120_000 }, () => {
    gitIn(made.work, 'update-ref', '-d', 'refs/remotes/origin/virtuoso/status');
    change(pin);
    const first = play();
    expect(first.status, first.stderr).toBe(0);
    expect(comments()).toEqual([expect.stringContaining('| vm-4 | host-6 | host-2 | host-3 |')]);
    change((text) => text.replace('1Gi', 'much'));
    expect(play().status).toBe(1);
    expect(comments()).toEqual([expect.stringContaining('has mistakes')]);
  });
});

describe('the hook', () => {
  it('writes a comment for what is pushed to other branches, and tells the pusher', { timeout: 120_000 }, () => {
    const hook = join(made.remote, 'hooks', 'post-receive');
    mkdirSync(dirname(hook), { recursive: true });
    copyFileSync(page('post-receive'), hook);
    chmodSync(hook, 0o755);
    const folder = join(world, 'plans of branches');
    mkdirSync(folder);
    gitIn(made.remote, 'config', 'virtuoso.comments', folder);
    const push = (...refspecs: string[]) => {
      const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
      return spawnSync('git', ['push', 'origin', ...refspecs], { cwd: made.work, env, encoding: 'utf8' });
    };
    const commit = change(pin);
    const pushed = push('HEAD:refs/heads/team/pin');
    expect(pushed.status).toBe(0);
    expect(pushed.stderr).toContain('Other than what main does: 1 VM moved');
    expect(readFileSync(join(folder, `${commit}.md`), 'utf8')).toContain('| vm-4 | host-6 | host-2 | host-3 |');
    const broken = change((text) => text.replace('1Gi', 'much'));
    expect(push('HEAD:refs/heads/team/pin').stderr).toContain('virtuoso: team/pin is not to be merged as it is');
    expect(readFileSync(join(folder, `${broken}.md`), 'utf8')).toContain('has mistakes');
    expect(push(':refs/heads/team/pin', `${commit}:refs/heads/main`).stderr).not.toContain('remote:');
  });
});
