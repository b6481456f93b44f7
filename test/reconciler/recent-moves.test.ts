import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const limits = 'policies/limits.yaml';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) =>
    text.replace('iterations: 20000', 'iterations: 300\n    returns: {window: 1m}'),
  );
  await running.start();
});

afterEach(() => running.close());

/** Commits that vm-1 has to run on a host, and waits until it does. */
async function pin(host: string): Promise<void> {
  running.repository.edit(vms, (text) =>
    text.replace(/(- name: vm-1\n)( {6}pin: .*\n)?/, (_found, name) => `${name}      pin: ${host}\n`),
  );
  await running.settled();
}

const seen = () => running.journal.records.at(-1)?.observed.moves?.map(({ vm, from, to }) => `${vm} ${from} ${to}`);

describe('migrations of late', () => {
  it('are seen by later passes, also by another reconciler, until they are of no account', async () => {
    await pin('host-3');
    expect(seen()).toBeUndefined();
    await pin('host-1');
    expect(seen()).toEqual(['vm-1 host-2 host-3']);
    await running.restartReconciler();
    await running.settled();
    await pin('host-3');
    expect(seen()).toEqual(['vm-1 host-2 host-3', 'vm-1 host-3 host-1']);
    await running.pass(60_000);
    await pin('host-1');
    expect(seen()).toBeUndefined();
  });

  it('are refused beyond what an hour allows', async () => {
    running.repository.edit(limits, (text) => `${text.trimEnd()}\n  maxMovesPerHour: 1\n`);
    await pin('host-3');
    running.repository.edit(vms, (text) => text.replace('pin: host-3', 'pin: host-1'));
    await running.until(() => running.condition('fleet/fleet')?.reason === 'Unsafe', 'refused');
    expect(running.condition('fleet/fleet')?.message).toContain('allows 1 migrations in an hour');
    expect(running.places('vm-1')).toEqual({ 'vm-1': 'host-3' });
  });

  it('to and fro hold a VM in the end, and a condition says so until it is over', async () => {
    for (const host of ['host-3', 'host-2', 'host-3']) await pin(host);
    expect(running.condition('vm/vm-1', 'Degraded')).toBeUndefined();
    await pin('host-2');
    expect(running.condition('vm/vm-1', 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'MovedToAndFro',
      message: expect.stringMatching(/^It went back to where it had been 3 times within 1 min, so it stays on host-2/),
    });
    expect(running.places()).toEqual(started);
    await running.pass(61_000);
    expect(running.condition('vm/vm-1', 'Degraded')).toBeUndefined();
  });
});
