import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const objective = 'desired/objective.yaml';
const smoothingMs = 2000;

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 500'));
});

afterEach(() => running.close());

const last = () => running.journal.records.at(-1);
const verdicts = () => running.journal.records.map(({ entry }) => entry.verdict);

/** Others take most of the path between the domains, of which the inventory says nothing. */
function playOn(names: string[]): void {
  running.fleet.play({
    seed: 1,
    durationMs: 3_600_000,
    applications: [],
    crossTraffic: names.map((resource) => ({ resource, kind: 'constant', rateMbps: 8 })),
    failures: [],
    conduct: [],
  });
  running.fleet.offer([
    { source: 'vm-2', destination: 'vm-3', rateMbps: 3 },
    { source: 'vm-3', destination: 'vm-2', rateMbps: 3 },
  ]);
}

describe('a change that has made it worse', () => {
  it('is taken back by itself within two smoothing intervals, and the journal tells why', async () => {
    await running.start();
    playOn(['internet domain-1--domain-2 out of domain-1', 'internet domain-1--domain-2 out of domain-2']);
    await running.pass(20_000);
    console.log(running.fleet.throughput(), verdicts());
    running.repository.edit(objective, (text) => text.replace('goal: maximise', 'goal: minimise'));
    await running.until(() => last()?.plan?.basis.source === running.repository.tip, 'the bad plan');
    const atMs = Date.now();
    await running.pass(300);
    console.log(last()?.plan?.decision.reason, running.fleet.throughput());
    await running.pass(10_000);
    console.log(verdicts(), running.log.filter((l) => !/debug/.test(l)).slice(-20));
    console.log(JSON.stringify(last()?.entry, null, 1));
    expect(running.places()).toEqual(started);
    expect(smoothingMs + atMs).toBeGreaterThan(0);
  });
});
