import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateDigest } from '../../reconciler/plan/state-digest.js';
import { observedAfter, reportedState, stateAfter } from '../../reconciler/state-after.js';
import { RunningFleet } from './running/running-fleet.js';

const minuteMs = 60_000;
let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) =>
    text
      .replace('interval: 10s', 'interval: 5m')
      .replace('samplingInterval: 500ms', 'samplingInterval: 20s')
      .replace('smoothingInterval: 2s', 'smoothingInterval: 60s'),
  );
  await running.start();
});

afterEach(() => running.close());

const verdicts = () => running.journal.records.map(({ entry }) => entry.verdict);

describe('observations of a fleet to which nothing is done', () => {
  it('are recorded once a while has gone by and something has changed, not again while it stays so, and after six hours', {
    timeout: 120_000,
  }, async () => {
    expect(verdicts()).toEqual(['applied']);
    await running.pass(14 * minuteMs);
    expect(verdicts()).toEqual(['applied']);
    await running.pass(7 * minuteMs);
    expect(verdicts()).toEqual(['applied', 'observed']);
    const [applied, kept] = running.journal.records;
    expect(kept).toMatchObject({
      plan: null,
      entry: { planHash: null, outcomes: [], placement: applied?.entry.placement },
    });
    expect(kept?.observed.hosts.flatMap(({ report }) => report.guests)).toHaveLength(4);
    await running.pass(5 * 60 * minuteMs);
    expect(verdicts()).toEqual(['applied', 'observed']);
    await running.pass(70 * minuteMs);
    expect(verdicts()).toEqual(['applied', 'observed', 'observed']);
  });

  it('are what follows from the entry before, as far as its pass changed the fleet', { timeout: 120_000 }, async () => {
    await running.pass(21 * minuteMs);
    const [applied, kept] = running.journal.records;
    if (!applied || !kept) throw new Error('two entries are there');
    const told = stateDigest(reportedState(observedAfter(applied)));
    expect(told).toBe(stateDigest(stateAfter(applied)));
    expect(told).toBe(stateDigest(reportedState(kept.observed)));
    expect(observedAfter(kept)).toBe(kept.observed);
  });

  it('are recorded while a plan waits, too', { timeout: 120_000 }, async () => {
    running.repository.edit('desired/adaptation.yaml', (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));
    running.repository.edit('desired/vms.yaml', (text) => `${text.trimEnd()}\n    - name: vm-5\n`);
    await running.nextPass();
    expect(verdicts()).toContain('suspended');
    const before = verdicts().length;
    await running.pass(6.2 * 60 * minuteMs);
    expect(verdicts().slice(before)).toContain('observed');
  });
});
