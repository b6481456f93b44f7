import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gitIn, type Repository, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { refused } from '../reconciler/adapters/journal-fixture.js';
import { fleetRepository, seen } from './fleet-repository.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

const vms = 'desired/vms.yaml';
const old = '2026-03-01T12:00:00.000Z';
const allowed = ['--max-age', '99999d'];

/** Commits a change of a document on a branch of the clone, which has it checked out afterwards. */
function branch({ work }: Repository, name: string, change: (text: string) => string, path = vms): string {
  gitIn(work, 'checkout', '-q', '-b', name, 'main');
  writeFileSync(join(work, path), change(readFileSync(join(work, path), 'utf8')));
  gitIn(work, 'commit', '-q', '-a', '-m', 'Change it');
  return gitIn(work, 'rev-parse', 'HEAD');
}

const pin = (text: string) => text.replace('initialHost: host-6', 'pin: host-3');

describe('plan --base', () => {
  it('plans for both commits upon the newest observation of the journal, by any name they have', async () => {
    const made = await fleetRepository(seen(old));
    const commit = branch(made, 'pin', pin);
    const file = join(temporaryDirectory(), 'comment.md');
    const args = [made.work, '--base', 'main', ...allowed];
    const run = await cli('plan', ...args, '--head', 'pin', '--comment', file, '-o', 'markdown', '--detailed-exitcode');
    expect(run).toMatchObject({ code: 2, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(run.stdout);
    expect(run.stdout).toMatch(/^<!-- virtuoso:plan -->\n/);
    expect(run.stdout).toContain('| vm-4 | host-6 | host-2 | host-3 |');
    expect(run.stdout).toContain('2026-03-01 12:00:00 UTC (entry 1 of the journal)');
    for (const name of ['HEAD', commit, commit.slice(0, 12), 'refs/heads/pin']) {
      const { code, stdout } = await cli('plan', ...args, '--head', name, '-o', 'json');
      expect([code, JSON.parse(stdout).head.commit]).toEqual([0, commit]);
    }
  });

  it('finds branches that only the remote has, and reads a bare repository as well', async () => {
    const made = await fleetRepository(seen(old));
    branch(made, 'pin', pin);
    gitIn(made.work, 'push', '-q', 'origin', 'pin');
    gitIn(made.work, 'checkout', '-q', '--detach');
    gitIn(made.work, 'branch', '-D', 'main', 'pin');
    for (const place of [made.work, made.remote]) {
      const { code, stdout } = await cli('plan', place, '--base', 'main', '--head', 'pin', ...allowed, '-o', 'json');
      expect([code, JSON.parse(stdout).placement]).toEqual([
        0,
        [{ vm: 'vm-4', now: 'host-6', base: 'host-2', head: 'host-3' }],
      ]);
    }
  });

  it('notes what the head lacks of the base', async () => {
    const made = await fleetRepository(seen(old));
    branch(made, 'pin', pin);
    gitIn(made.work, 'checkout', '-q', 'main');
    made.commit({ 'notes.txt': 'more' });
    const { stdout } = await cli('plan', made.work, '--base', 'main', '--head', 'pin', ...allowed);
    expect(stdout).toContain('Note: pin lacks 1 commit of main:');
  });

  it('exits with 5 where the observation is old, and with 1 where there is none, with a comment that says so', async () => {
    const made = await fleetRepository(seen(old));
    branch(made, 'pin', pin);
    const file = join(temporaryDirectory(), 'comment.md');
    const stale = await cli('plan', made.work, '--base', 'main', '--comment', file);
    expect(stale.code).toBe(5);
    expect(stale.stderr).toMatch(
      /^error: The newest observation \(entry 1 of the journal\) is \d+ days old, more than 24 h:/,
    );
    expect(readFileSync(file, 'utf8')).toContain('cannot be told.');
    const empty = await fleetRepository();
    const none = await cli('plan', empty.work, '--base', 'main', '--comment', file);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('Nothing is known of the fleet yet');
    expect(readFileSync(file, 'utf8')).toContain('Nothing is known of the fleet yet');
  });

  it('exits with 1, 3 or 4 where the head has mistakes, is denied or impossible', async () => {
    const made = await fleetRepository(
      seen(old),
      refused('no room', '2026-03-01T12:30:00.000Z'),
      seen('2026-03-01T13:00:00.000Z'),
    );
    const against = (head: string) => cli('plan', made.work, '--base', 'main', '--head', head, ...allowed);
    branch(made, 'broken', (text) => text.replace('1Gi', 'much'));
    const broken = await against('broken');
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringMatching(/^desired\/vms\.yaml:\d+:\d+: error VIRT/) });
    branch(made, 'fewer', (text) => text.slice(0, text.indexOf('    - name: vm-3')));
    expect(await against('fewer')).toMatchObject({ code: 3, stderr: expect.stringContaining('ChangeLimit careful') });
    branch(made, 'crowd', (text) => text + ['vm-5', 'vm-6', 'vm-7'].map((vm) => `    - name: ${vm}\n`).join(''));
    expect(await against('crowd')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error: /) });
    const file = 'desired/rule.yaml';
    const rule = `apiVersion: virtuoso.dev/v1alpha1
kind: AdmissionRule
metadata:
  name: no-pins
spec:
  action: deny
  match:
    documents:
      kinds: [VMSet]
  validations:
    - expression: object.spec.members.all(m, !has(m.pin))
      message: Pin nothing.
  tests:
    - name: pinned
      document: { spec: { members: [{ name: a, pin: host-1 }] } }
      expect: deny
`;
    branch(made, 'ruled', pin);
    writeFileSync(join(made.work, file), rule);
    gitIn(made.work, 'add', '-A');
    gitIn(made.work, 'commit', '-q', '-m', 'Rule');
    const ruled = await against('ruled');
    expect(ruled.stdout + ruled.stderr).toContain('Rules deny ruled.');
    expect(ruled.code).toBe(3);
  });

  it.each([
    ['an option for git', ['--base', '--upload-pack=touch /tmp/x']],
    ['a name with steps out of it', ['--base', 'main', '--head', '../../x']],
    ['a range', ['--base', 'main..HEAD']],
    ['what is looked for in a tree', ['--base', 'main:desired']],
    ['a name by the log', ['--base', 'main@{1}']],
    ['a search', ['--base', ':/Change']],
    ['a branch that is not there', ['--base', 'elsewhere']],
    ['a folder out of the repository', ['--base', 'main', '--subdirectory', '../x']],
    ['a file for an observation that is not there', ['--base', 'main', '--observed', '/no/such/file']],
    ['a head alone', ['--head', 'main']],
  ])('refuses %s', async (_what, args) => {
    const { work } = await fleetRepository();
    const run = await cli('plan', work, ...args);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^error: /);
    expect(stackLines(run)).toEqual([]);
  });

  it('refuses what is no repository', async () => {
    const run = await cli('plan', temporaryDirectory(), '--base', 'main');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('is no git repository') });
  });
});

describe('reading one form of the other', () => {
  it('JSON is versioned, and no form changes between runs but for the age', async () => {
    const made = await fleetRepository(seen(old));
    branch(made, 'pin', pin);
    const once = async () => {
      const { stdout } = await cli('plan', made.work, '--base', 'main', ...allowed, '-o', 'json');
      const value = parse(stdout);
      expect(value.observation.ageMs).toBeGreaterThan(0);
      return JSON.stringify({ ...value, observation: null });
    };
    expect(await once()).toBe(await once());
  });
});
