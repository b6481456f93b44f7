import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readApplication } from '../../cli/application.js';
import { type Candidate, simulate } from '../../cli/simulate-replay.js';
import { flapsOf, tallyOf } from '../../cli/simulate-tally.js';
import { simulationText } from '../../cli/simulate-text.js';
import { packageRoot } from '../../package-root.js';
import type { RecentMove } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';
import { gitIn } from '../reconciler/adapters/git-fixture.js';
import { RunningFleet } from '../reconciler/running/running-fleet.js';
import { fleetRepository, seen } from './fleet-repository.js';
import { build, cli } from './run-cli.js';

const flows = await readApplication(join(packageRoot(), 'examples', 'fig14', 'application.yaml'));
let running: RunningFleet | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

/** The documents in effect, with one changed. */
function candidate(fleet: RunningFleet, path = '', change = (text: string) => text): Candidate {
  const files = [...fleet.repository.files].map(([name, text]) => ({
    path: name,
    text: name === path ? change(text) : text,
  }));
  return { name: 'candidate', source: fleet.repository.tip, documents: validateFiles(files).documents };
}

describe('simulate, of what the emulated fleet recorded', () => {
  it('comes to what happened by the documents of then, and to less by others', { timeout: 120_000 }, async () => {
    running = await RunningFleet.open();
    await running.start();
    running.fleet.offer(flows);
    await running.pass(35_000);
    const { records } = running.journal;
    const same = simulate(records, candidate(running));
    expect(same.totals.happened.moves).toBeGreaterThan(0);
    expect(same.totals.candidate).toEqual(same.totals.happened);
    for (const { happened, candidate } of same.instants) {
      expect(candidate).toMatchObject({ kind: 'planned', moves: happened.moves, score: happened.score });
    }
    const still = simulate(
      records,
      candidate(running, 'desired/vms.yaml', (text) => text.replaceAll('initialHost:', 'pin:')),
    );
    expect(still.totals.candidate.moves).toBeLessThan(still.totals.happened.moves);
    expect(still.totals.candidate.meanUnmetMbps).toBeGreaterThanOrEqual(still.totals.happened.meanUnmetMbps ?? 0);
    expect(JSON.stringify(simulate(records, candidate(running)))).toBe(JSON.stringify(same));
    expect(simulationText(same)).toContain('What this cannot tell');
  });

  it('leaves the fleet as it is where the candidate suspends, and says why there is no plan', async () => {
    running = await RunningFleet.open();
    await running.start();
    const suspended = candidate(running, 'desired/adaptation.yaml', (text) =>
      text.replace('spec:\n', 'spec:\n  suspend: true\n'),
    );
    const waits = simulate(running.journal.records, suspended);
    expect(waits.instants.map(({ candidate }) => candidate.kind)).toEqual(waits.instants.map(() => 'suspended'));
    expect(waits.totals.candidate).toMatchObject({ moves: 0, linksAdded: 0 });
    const crowd = ['vm-5', 'vm-6', 'vm-7'].map((vm) => `    - name: ${vm}\n`).join('');
    const full = simulate(
      running.journal.records,
      candidate(running, 'desired/vms.yaml', (text) => text + crowd),
    );
    expect(full.instants[0]?.candidate).toMatchObject({ kind: 'infeasible', score: null });
    expect(simulationText(full)).toContain('Why candidate came to no plan');
  });
});

describe('what a history comes to', () => {
  const move = (vm: string, from: string, to: string, atMs: number): RecentMove => ({ vm, from, to, atMs });

  it('counts a VM as to and fro when its next move takes it back, and only then', () => {
    expect(flapsOf([move('a', 'x', 'y', 1), move('b', 'y', 'x', 2), move('a', 'y', 'x', 5)])).toEqual([
      { vm: 'a', host: 'x', away: 'y', leftAtMs: 1, backAtMs: 5 },
    ]);
    expect(flapsOf([move('a', 'x', 'y', 1), move('a', 'y', 'z', 2), move('a', 'z', 'x', 3)])).toEqual([]);
    expect(flapsOf([move('a', 'x', 'y', 1), move('a', 'y', 'x', 2), move('a', 'x', 'y', 3)])).toHaveLength(2);
  });

  it('weighs values by how long they stood, so that one more look at the same changes nothing', () => {
    const objective = (value: number) => ({ unmetMbps: value, objective: { value, unit: 'Mb/s' } });
    const none = { linksAdded: 0, linksRemoved: 0 };
    const property = fc.property(
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 100, max: 200 }),
      (value, endMs) => {
        const ends = [
          { atMs: 0, score: objective(value), ...none },
          { atMs: endMs, score: objective(7), ...none },
        ];
        const more = [ends[0], { ...ends[0], atMs: 50 }, ends[1]] as typeof ends;
        expect(tallyOf(more, []).meanUnmetMbps).toBe(tallyOf(ends, []).meanUnmetMbps);
        expect(tallyOf(ends, []).meanObjective).toBe(value);
      },
    );
    fc.assert(property, { seed: 7, numRuns: 100 });
  });

  it('tells moves a day only of a window that says something of a day', () => {
    const at = (atMs: number) => ({ atMs, score: null, linksAdded: 0, linksRemoved: 0 });
    const moves = [move('a', 'x', 'y', 1)];
    expect(tallyOf([at(0), at(1000)], moves)).toMatchObject({ moves: 1, movesPerDay: null, meanUnmetMbps: null });
    expect(tallyOf([at(0), at(43_200_000)], moves)).toMatchObject({ movesPerDay: 2 });
  });
});

describe('the verb', () => {
  beforeAll(build, 120_000);
  const times = ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z', '2026-03-03T12:00:00.000Z'];

  it('tries a branch, a commit or a directory on the window that is asked for, with the same bytes each time', async () => {
    const made = await fleetRepository(...times.map((at) => seen(at)));
    const path = join(made.work, 'desired/vms.yaml');
    gitIn(made.work, 'checkout', '-q', '-b', 'pin');
    writeFileSync(path, readFileSync(path, 'utf8').replace('initialHost: host-6', 'pin: host-6'));
    gitIn(made.work, 'commit', '-q', '-a', '-m', 'Pin it');
    const json = async (...args: string[]) => {
      const run = await cli('simulate', made.work, '-o', 'json', ...args);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      return run.stdout;
    };
    const all = await json('--policy', 'main');
    expect(await json('--policy', 'main')).toBe(all);
    expect(JSON.parse(all)).toMatchObject({
      format_version: '1',
      kind: 'simulation',
      instants: times.map((at) => ({ atMs: Date.parse(at) })),
      // It moved what was worth it once, and then had no reason to go on.
      totals: { happened: { moves: 0 }, candidate: { moves: 2, movesPerDay: 1, flaps: [] } },
    });
    const windows = [
      ['--since', '1d'],
      ['--since', '2026-03-02'],
      ['--since', '2026-03-02T00:00:00Z'],
    ];
    for (const window of windows) expect(JSON.parse(await json(...window)).instants).toHaveLength(2);
    expect(JSON.parse(await json('--until', times[0] ?? '')).instants).toHaveLength(1);
    const here = JSON.parse(await json('--policy', made.work));
    expect(here.totals).toEqual(JSON.parse(await json('--policy', 'HEAD')).totals);
    const { stdout } = await cli('simulate', made.work, '--policy', 'main');
    await expect(stdout).toMatchFileSnapshot('../golden/simulate.txt');
  });

  it('says that there is nothing to simulate, or that the policy has mistakes', async () => {
    const empty = await fleetRepository();
    expect(await cli('simulate', empty.work)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no observation'),
    });
    const made = await fleetRepository(seen('2026-03-01T12:00:00.000Z'));
    expect(await cli('simulate', made.work, '--policy', 'nope')).toMatchObject({ code: 1, stdout: '' });
    const path = join(made.work, 'desired/vms.yaml');
    writeFileSync(
      path,
      exampleFiles('fig14')
        .find((file) => file.path === 'desired/vms.yaml')
        ?.text.replace('1Gi', 'much') ?? '',
    );
    const broken = await cli('simulate', made.work, '--policy', made.work);
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('has mistakes') });
    const wrong = await cli('simulate', made.work, '--since', 'yesterday');
    expect(wrong.code).toBe(1);
  });
});
