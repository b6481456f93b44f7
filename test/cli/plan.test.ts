import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import type { Observed, Plan } from '../../schema/generated/types.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { RunningFleet } from '../reconciler/running/running-fleet.js';
import { build, cli, stackLines } from './run-cli.js';

const example = join(packageRoot(), 'examples', 'fig14');

beforeAll(build, 120_000);

/** A copy of the example with one file changed. */
function changed(path: string, change: (text: string) => string): string {
  const directory = join(temporaryDirectory(), 'fig14');
  cpSync(example, directory, { recursive: true });
  const file = join(directory, path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return directory;
}

/** What was observed of the example's fleet when all its VMs ran. */
async function observedRunning(): Promise<string> {
  const running = await RunningFleet.open();
  await running.start();
  running.repository.edit('desired/vms.yaml', (text) => `${text}    - name: vm-5\n`);
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));
  await running.nextPass();
  const observed: Observed | undefined = running.journal.records.at(-1)?.observed;
  await running.close();
  const file = join(temporaryDirectory(), 'observed.json');
  writeFileSync(file, JSON.stringify(observed));
  return file;
}

describe('plan', () => {
  it.each(['text', 'json', 'markdown'])('gives the same bytes twice as %s', async (format) => {
    const [one, two] = await Promise.all([cli('plan', '-o', format, example), cli('plan', '-o', format, example)]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toContain('vm-4');
  });

  it('is Markdown whose tables are even and whose folds are closed', async () => {
    const { stdout } = await cli('plan', '-o', 'markdown', example);
    const blocks = stdout.split('\n\n');
    const tables = blocks.filter((block) => block.startsWith('|')).map((block) => block.trimEnd().split('\n'));
    expect(tables.length).toBeGreaterThan(1);
    for (const [head = '', ruler = '', ...rows] of tables) {
      expect(ruler).toMatch(/^\|(:?-+:?\|)+$/);
      for (const line of [ruler, ...rows]) expect(cellsOf(line)).toBe(cellsOf(head));
    }
    expect(stdout.match(/<details>/g)).toHaveLength(stdout.match(/<\/details>/g)?.length ?? 0);
    // What follows a fold's summary is Markdown again only after an empty line.
    for (const [index, block] of blocks.entries()) {
      if (block.startsWith('<details>')) expect([block.endsWith('</summary>'), blocks[index + 1]]).toContain(true);
    }
  });

  it('tells what an expression is worth in its own unit', async () => {
    const directory = changed('desired/objective.yaml', (text) =>
      text.replace(
        'goal: maximise',
        `goal: minimise
  expression: max(pathLatency)
  tieBreaks:
    - goal: maximise
      expression: sum(bottleneck)`,
      ),
    );
    const demands = '  demands:\n    - from: vm-1\n      to: vm-2\n      bandwidth: 5Mbps\n';
    appendFileSync(join(directory, 'desired', 'vms.yaml'), demands);
    const { code, stdout, stderr } = await cli('plan', directory);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot('../golden/plan-latency.txt');
  });

  it('exits with 2 if there is something to change and that was asked for', async () => {
    expect(await cli('plan', '--detailed-exitcode', example)).toMatchObject({ code: 2, stderr: '' });
  });

  it('plans upon what was observed: nothing when all is as it should be', async () => {
    const observed = await observedRunning();
    const same = await cli('plan', '--detailed-exitcode', '--observed', observed, example);
    expect(same).toMatchObject({ code: 0, stderr: '' });
    const larger = changed('desired/vms.yaml', (text) => `${text}    - name: vm-5\n`);
    const planned = await cli('plan', '--detailed-exitcode', '-o', 'json', '--observed', observed, larger);
    expect(planned.code).toBe(2);
    const { changes }: Plan = JSON.parse(planned.stdout);
    const starts = changes.flatMap((change) => (change.kind === 'guest-start' ? [change.guest] : []));
    expect(starts).toEqual(['vm-5']);
  });

  it('exits with 3 if a limit forbids it, and 4 if no fleet could do it, with the reason on stderr', async () => {
    const observed = await observedRunning();
    const smaller = changed('desired/vms.yaml', (text) => text.slice(0, text.indexOf('    - name: vm-3')));
    const denied = await cli('plan', '--observed', observed, smaller);
    expect(denied).toMatchObject({ code: 3, stdout: '' });
    expect(denied.stderr).toContain('ChangeLimit careful');
    const crowd = ['vm-5', 'vm-6', 'vm-7'].map((vm) => `    - name: ${vm}\n`).join('');
    const infeasible = await cli(
      'plan',
      changed('desired/vms.yaml', (text) => text + crowd),
    );
    expect(infeasible).toMatchObject({ code: 4, stdout: '' });
    expect(infeasible.stderr).toMatch(/^error: /);
  });

  it('tells mistakes in the documents on stderr', async () => {
    const run = await cli(
      'plan',
      changed('desired/vms.yaml', (text) => text.replace('1Gi', 'much')),
    );
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^desired\/vms\.yaml:\d+:\d+: error VIRT/);
  });

  it('saves what it shows', async () => {
    const file = join(temporaryDirectory(), 'plan.json');
    const run = await cli('plan', '-o', 'json', '--out', file, example);
    expect(readFileSync(file, 'utf8')).toBe(run.stdout);
  });

  it.each([
    ['a directory that is not there', ['/no/such/directory'], '/no/such/directory cannot be read'],
    ['an observation that is not there', ['--observed', '/no/such/file', example], '/no/such/file cannot be read'],
    [
      'a file that is no observation',
      ['--observed', join(example, 'application.yaml'), example],
      'application.yaml is',
    ],
    ['a repository that is not there', ['--journal', '/no/such/repository', example], '/no/such/repository cannot be'],
    [
      'a file that cannot be written',
      ['--out', '/no/such/directory/plan.json', example],
      '/no/such/directory/plan.json',
    ],
  ])('says so of %s', async (_what, args, message) => {
    const run = await cli('plan', '--state', temporaryDirectory(), ...args);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^error: /);
    expect(run.stderr).toContain(message);
    expect(stackLines(run)).toEqual([]);
  });
});

function cellsOf(line: string): number {
  return line.split(/(?<!\\)\|/).length - 2;
}
