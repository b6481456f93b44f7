import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import type { PlacementProblem, Solved } from '../../schema/generated/types.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { faultsOf } from '../reconciler/vadapt/verifier.js';
import { build, cli, stackLines } from './run-cli.js';

beforeAll(build, 120_000);

const example = join(packageRoot(), 'test', 'fixtures', 'problems', 'two-sites.yaml');
const small: PlacementProblem = {
  format_version: '1',
  hosts: [{ name: 'a', computeCores: 2 }, { name: 'b' }],
  vms: [
    { name: 'v', host: 'a', computeCores: 1 },
    { name: 'w', host: 'b', computeCores: 2 },
  ],
  demands: [{ from: 'v', to: 'w', rateMbps: 5 }],
  network: { links: [{ from: 'a', to: 'b', capacityMbps: 20 }] },
};

function written(problem: unknown): string {
  const path = join(temporaryDirectory(), 'problem.json');
  writeFileSync(path, typeof problem === 'string' ? problem : JSON.stringify(problem));
  return path;
}

/** How it was found is no part of what is promised, nor how long that took. */
const searched = / \([a-z-]+, seed 1, [\d,]+ changes? tried(, [\d,]+ ms)?\)$/m;

describe('solve', () => {
  it('shows what an answer is worth, how good it is, who moves and which links are used', async () => {
    const run = await cli('solve', example, '--iterations', '20000');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(searched);
    expect(
      run.stdout.replace(/^.* \([a-z-]+, seed 1, .*\)$/m, '(how good)'),
    ).toBe(`two sites: 3 hosts, 3 VMs, 4 demands (690 Mb/s)

unmet      minimise                              0  of 690 Mb/s  now 100
objective  maximise                       19,735.6  Mb/s         now 2,010
           sum(bottleneck)                  21,110  Mb/s
           -1Mbps / 1s * sum(migration)  -1,374.39  Mb/s
then       minimise                            0.4  ms           now 18.4
           sum(pathLatency)                    0.4  ms
(how good)

3 VMs, 2 of them move
  web  from berne-1 to  berne-2
  app  on               berne-2
  db   from basle-1 to  berne-1

2 links in use
  berne-1  to berne-2  400 Mb/s  1 demand
  berne-2  to berne-1   90 Mb/s  1 demand
`);
  });

  it('answers the example of its how-to page, and that is what the page shows', () => {
    const page = readFileSync(join(packageRoot(), 'docs', 'how-to', 'solve-a-problem.md'), 'utf8');
    expect(page).toContain(readFileSync(example, 'utf8'));
  });

  it('answers as JSON, right by the verifier and the same to the byte without the time', async () => {
    const path = written(small);
    const args = ['solve', path, '--iterations', '3000', '--seed', '7', '-o', 'json'];
    const [timed, one, other] = await Promise.all([cli(...args), cli(...args, '--no-time'), cli(...args, '--no-time')]);
    const answer = JSON.parse(timed.stdout) as Solved;
    expect(answer).toMatchObject({ format_version: '1', kind: 'solution', seed: 7, iterations: 3000 });
    expect(answer.time?.ms).toBeGreaterThanOrEqual(0);
    expect(faultsOf(small, answer)).toEqual([]);
    expect(one.stdout).toBe(other.stdout);
    delete answer.time;
    expect(JSON.parse(one.stdout)).toEqual(answer);
  });

  it('answers the same to the byte on one thread and on two', async () => {
    const args = ['solve', example, '--iterations', '200000', '-o', 'json', '--no-time', '--threads'];
    const [one, two] = await Promise.all([cli(...args, '1'), cli(...args, '2')]);
    expect(one.code).toBe(0);
    expect(two.stdout).toBe(one.stdout);
  });

  it.each(['exact', 'greedy-pairs', 'greedy-order', 'annealing', 'genetic'])('runs %s alone', async (algorithm) => {
    const run = await cli('solve', written(small), '--algorithm', algorithm, '--iterations', '200', '-o', 'json');
    const answer = JSON.parse(run.stdout) as Solved;
    expect(answer.algorithm).toBe(algorithm);
    expect(faultsOf(small, answer)).toEqual([]);
  });

  it('exits with 4 where nothing is feasible, and says why', async () => {
    const [v, w] = small.vms;
    const path = written({ ...small, vms: [v, { ...w, pin: 'a' }], limits: { moves: 1 } });
    const [text, json] = await Promise.all([cli('solve', path), cli('solve', path, '-o', 'json')]);
    expect(text).toMatchObject({ code: 4, stdout: '' });
    expect(text.stderr).toMatch(/^error: \S/);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({ format_version: '1', kind: 'infeasible' });
  });

  it('exits with 1 where the file has mistakes, each with its place', async () => {
    const path = written(
      '{\n  "format_version": "1",\n  "hosts": [],\n  "vms": [{}],\n  "network": { "links": [] }\n}',
    );
    const run = await cli('solve', path);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`${path}:3:12: error VIRT2010`);
    expect(run.stderr).toContain(`${path}:4:11: error VIRT2005`);
    expect(stackLines(run)).toEqual([]);
  });

  it('says which file cannot be read', async () => {
    const run = await cli('solve', '/no/such/problem.json');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^error: \/no\/such\/problem\.json cannot be read/);
  });

  it('lets no escape sequence of a name reach the terminal', async () => {
    const path = written({ ...small, name: '\u001b[31mred' });
    const { stdout } = await cli('solve', path, '--iterations', '100');
    expect(stdout).toMatch(/^\\u\{1b\}\[31mred: 2 hosts/);
  });
});
