import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const adaptation = 'desired/adaptation.yaml';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  // These tests are not about the search.
  running.repository.edit(adaptation, (text) => text.replace('iterations: 20000', 'iterations: 300'));
  await running.start();
});

afterEach(() => running.close());

/** The clock of a running fleet begins at noon, UTC. */
const withTimes = (lines: string) =>
  running.repository.edit(adaptation, (text) => text.replace('spec:\n', `spec:\n${lines}`));
const openAt = (cron: string, duration = '10m') =>
  withTimes(`  applyWindows:\n    - cron: '${cron}'\n      duration: ${duration}\n`);
const pinned = (vm: string, host: string) =>
  running.repository.edit(vms, (text) =>
    text.replace(`    - name: ${vm}\n`, `    - name: ${vm}\n      pin: ${host}\n`),
  );
const minuteMs = 60_000;

describe('a plan outside of all windows', () => {
  it('is made and recorded, waits, and is carried out when the next one opens', async () => {
    openAt('10 12 * * *');
    pinned('vm-1', 'host-1');
    await running.until(() => running.condition('fleet/fleet')?.reason === 'OutsideWindow', 'the plan waits');
    expect(running.condition('fleet/fleet')).toMatchObject({
      status: 'False',
      message:
        'A plan of 1 steps is not carried out now. No window is open. It waits until 2026-03-01T12:10:00.000Z. ' +
        '`virtuoso apply` carries one out all the same.',
    });
    expect(running.journal.records.at(-1)?.entry.verdict).toBe('pending');
    expect(running.journal.records.at(-1)?.plan?.steps).toHaveLength(1);
    await running.pass(Date.parse('2026-03-01T12:09:59Z') - Date.now());
    expect(running.places()).toEqual(started);
    await running.until(() => running.places()['vm-1'] === 'host-1', 'it is carried out');
    expect(Date.now() - Date.parse('2026-03-01T12:10:00Z')).toBeLessThan(5000);
    await running.settled();
    expect(running.condition('fleet/fleet')?.reason).toBe('Converged');
  });

  it('is carried out by a reconciler that was not there when the window opened', async () => {
    openAt('10 12 * * *');
    pinned('vm-1', 'host-1');
    await running.until(() => running.condition('fleet/fleet')?.reason === 'OutsideWindow', 'the plan waits');
    await running.loop.stop();
    await running.pass(11 * minuteMs);
    expect(running.places()).toEqual(started);
    await running.restartReconciler();
    await running.until(() => running.places()['vm-1'] === 'host-1', 'it is carried out');
  });

  it('can be applied by a person', async () => {
    openAt('10 14 * * *');
    pinned('vm-1', 'host-1');
    await running.until(() => running.condition('fleet/fleet')?.reason === 'OutsideWindow', 'the plan waits');
    const plan = running.loop.plan();
    if (plan === null) throw new Error('there is no plan');
    const applied = running.loop.apply(plan, plan.hash, 'ada');
    await running.until(() => running.places()['vm-1'] === 'host-1', 'it is carried out');
    await running.pass(minuteMs);
    expect(await applied).toMatchObject({ kind: 'applied' });
  });

  it('waits through a freeze, and says why', async () => {
    withTimes(
      '  freezes:\n    - from: 2026-03-01T12:00:00Z\n      until: 2026-03-01T13:00:00+00:30\n      reason: Inventory.\n',
    );
    pinned('vm-1', 'host-1');
    await running.until(() => running.condition('fleet/fleet')?.reason === 'OutsideWindow', 'the plan waits');
    expect(running.condition('fleet/fleet')?.message).toContain(
      'A freeze is on (Inventory.). It waits until 2026-03-01T12:30:00.000Z.',
    );
    await running.pass(Date.parse('2026-03-01T12:30:00Z') - Date.now());
    await running.until(() => running.places()['vm-1'] === 'host-1', 'it is carried out');
  });
});

it('a window that closes lets the step that was begun come to its end, and no other begin', async () => {
  openAt('0 12 * * *', '1m');
  await running.settled();
  await running.pass(Date.parse('2026-03-01T12:00:50Z') - Date.now());
  running.deaf.add('host-1');
  pinned('vm-1', 'host-1');
  pinned('vm-2', 'host-3');
  const { outcomes, plan } = await running.nextPass();
  expect(plan?.steps.map(({ title }) => title)).toEqual([
    expect.stringContaining('vm-1'),
    expect.stringContaining('vm-2'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'skipped']);
  expect(outcomes[1]?.message).toBe('No window is open. What is left is decided anew when plans may be carried out.');
  running.deaf.delete('host-1');
  await running.until(() => running.condition('fleet/fleet')?.reason === 'OutsideWindow', 'the rest waits');
  expect(running.places()['vm-2']).toBe(started['vm-2']);
});
