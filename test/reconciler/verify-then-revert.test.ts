import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../reconciler/model/canonical.js';
import { decide } from '../../reconciler/pass.js';
import type { JournalRecord } from '../../reconciler/ports.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { RunningFleet, started } from './running/running-fleet.js';

const objective = 'desired/objective.yaml';
const smoothingMs = 2000;
const trunks = ['domain-1', 'domain-2'].map((site) => `internet domain-1--domain-2 out of ${site}`);

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 500'));
  await running.start();
  // Others take most of the path between the domains, of which the inventory says nothing.
  running.fleet.play({
    ...{ seed: 1, durationMs: 3_600_000, applications: [], failures: [], conduct: [] },
    crossTraffic: trunks.map((resource) => ({ resource, kind: 'constant', rateMbps: 8 })),
  });
  running.fleet.offer([
    { source: 'vm-2', destination: 'vm-3', rateMbps: 3 },
    { source: 'vm-3', destination: 'vm-2', rateMbps: 3 },
  ]);
  await running.pass(20_000);
});

afterEach(() => running.close());

const records = () => running.journal.records;
const last = () => records().at(-1) as JournalRecord;
const got = () => Math.round(running.fleet.throughputMbps());
const verdicts = () => records().map(({ entry }) => entry.verdict);

/** Commits an objective that brings VMs to the path that others fill. */
async function commitBadObjective(): Promise<number> {
  running.repository.edit(objective, (text) => text.replace('goal: maximise', 'goal: minimise'));
  await running.until(() => last().plan?.basis.source === running.repository.tip, 'a plan for it');
  return Date.parse(last().entry.at);
}

function replayed({ observed, entry }: JournalRecord) {
  const files = [...running.repository.files].map(([path, text]) => ({ path, text }));
  const { documents } = validateFiles(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
  const decided = decide({ documents, source: entry.source, observed });
  return decided.kind === 'planned' ? decided.plan : null;
}

describe('a change that has made it worse', () => {
  it('is taken back within two smoothing intervals, replays, and is not decided again, also after a restart', async () => {
    expect(got()).toBe(6);
    const atMs = await commitBadObjective();
    await running.pass(500);
    expect(got()).toBe(2);
    await running.until(() => last().entry.verdict === 'reverted', 'it is taken back');
    expect(Date.parse(last().entry.at) - atMs).toBeLessThanOrEqual(2 * smoothingMs);
    expect(got()).toBe(6);
    const { entry, plan } = last();
    expect(plan?.decision.back).toEqual({ cause: 'regression', to: entry.verification?.plans[0] });
    expect(plan?.decision.reason).toMatch(
      /has made it worse: VMs that it concerns got 5\.\d Mb\/s before and 2 Mb\/s after/,
    );
    expect(entry.verification).toMatchObject({ changed: { pairs: 2, afterMbps: 2 }, margin: 0.1 });
    expect(canonicalJson(replayed(last()))).toBe(canonicalJson(plan));
    expect(running.condition('quarantine/decisions', 'Degraded')).toMatchObject({ reason: 'MadeItWorse' });

    const entries = records().length;
    await running.pass(60_000);
    await running.restartReconciler();
    await running.pass(60_000);
    expect(records().length).toBe(entries);
    expect(got()).toBe(6);
    expect(running.places()).toEqual(started);
    expect(running.loop.quarantines()).toHaveLength(1);

    expect(await running.loop.lift(null, 'ada')).toEqual(entry.verification?.plans.slice(0, 1));
    await running.pass(60_000);
    expect(verdicts().slice(entries)).toEqual(['lifted', 'applied', 'reverted']);
    expect(got()).toBe(6);
  });

  it('stays where the margin is 1', async () => {
    running.repository.edit('desired/adaptation.yaml', (text) =>
      text.replace('spec:\n', 'spec:\n  verify: {margin: 1}\n'),
    );
    await commitBadObjective();
    await running.pass(60_000);
    expect(verdicts()).not.toContain('reverted');
    expect(got()).toBe(2);
  });
});

describe('a rollback', () => {
  it('brings back what an entry left, is recorded with its actor, replays, and holds', async () => {
    const asked = await running.loop.rollback({ entry: '1' });
    if (asked.kind !== 'planned') throw new Error(asked.kind);
    const { plan } = asked;
    expect(plan.decision.reason).toMatch(/^Back to what pass 1 of /);
    expect(await running.loop.apply(plan, plan.hash, 'ada')).toMatchObject({ kind: 'applied' });
    expect(last().entry).toMatchObject({ verdict: 'applied', actor: 'ada', quarantined: { cause: 'rollback' } });
    expect(canonicalJson(replayed(last()))).toBe(canonicalJson(plan));
    expect(got()).toBe(2);
    await running.pass(60_000);
    expect(last().plan?.hash).toBe(plan.hash);
    expect(await running.loop.apply(plan, plan.hash, 'ada')).toMatchObject({ kind: 'stale' });
  });

  it('of an entry that is not there is refused, and one to what is there already', async () => {
    expect(await running.loop.rollback({ entry: '999' })).toMatchObject({ kind: 'not-found' });
    const { pass } = last().entry;
    expect(await running.loop.rollback({ entry: `${pass}` })).toMatchObject({ kind: 'impossible' });
  });
});
