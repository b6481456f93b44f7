import { afterEach, describe, expect, it } from 'vitest';
import { fleetPicture } from '../../cli/fleet-picture.js';
import { RunningFleet } from './running/running-fleet.js';

const noise = { seed: 1, deviation: 0.02, missed: 0 };
const clocks = {
  'host-2': { offsetMs: 35, driftPpm: 30 },
  'host-4': { offsetMs: -2500, driftPpm: -20 },
  'host-5': { offsetMs: 700, driftPpm: 5 },
};
const vms = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];

let running: RunningFleet;

/** The example with its VMs in lock step. */
async function started(schedule: string, wren?: typeof noise): Promise<void> {
  running = await RunningFleet.open(wren, clocks);
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
  running.repository.edit('desired/vms.yaml', (text) =>
    text.replace('  members:', `  schedule: ${schedule}\n  members:`),
  );
  await running.start();
}

afterEach(() => running.close());

/** How far apart periods of the VMs begin, in milliseconds. */
function apartMs(periodMs: number): number {
  const begins = vms.map((vm) => running.fleet.periodBeginMs(vm, Date.now()) ?? Number.NaN);
  const [first = 0] = begins;
  const after = begins.map((each) => {
    const later = (((each - first) % periodMs) + periodMs) % periodMs;
    return later > periodMs / 2 ? later - periodMs : later;
  });
  return Math.max(...after) - Math.min(...after);
}

const gang = () => running.loop.view().gangs?.[0];
const generations = () => running.loop.hosts().reduce((sum, { report }) => sum + report.generation, 0);

describe('VMs in lock step on hosts whose clocks differ', () => {
  it('begin their periods at once, within what is said, and drift does not take them apart', async () => {
    await started('{class: batch-parallel, period: 1s, utilisation: 0.5}', noise);
    expect(apartMs(1000)).toBeGreaterThan(30);
    await running.pass(12_000);
    expect(gang()).toMatchObject({
      set: 'application',
      hosts: ['host-2', 'host-4', 'host-5', 'host-6'],
      sliceUs: 500_000,
    });
    const told = generations();
    for (let waited = 0; waited < 60; waited += 5) {
      const skewUs = gang()?.skewUs ?? Number.NaN;
      expect(apartMs(1000)).toBeLessThanOrEqual(skewUs / 1000);
      expect(skewUs).toBeLessThan(15_000);
      await running.pass(5000);
    }
    // They really are much closer than ways of 10 ms let anybody know; and nobody is told all the time.
    expect(apartMs(1000)).toBeLessThan(1);
    expect(generations() - told).toBeLessThan(12);
    expect(fleetPicture(running.loop.view())).toMatch(/step +application in step to within [\d.]+ ms$/);
    expect(running.condition('vm-set/application', 'Degraded')).toBeUndefined();
  });

  it('stay in step while agents and the reconciler start again', async () => {
    await started('{class: batch-parallel, period: 1s, utilisation: 0.5}', noise);
    await running.pass(20_000);
    await running.restartReconciler();
    for (let waited = 0; waited < 20; waited += 1) {
      await running.pass(1000);
      expect(apartMs(1000)).toBeLessThan(2);
    }
    expect(gang()?.skewUs).toBeLessThan(15_000);
  });

  it('are said to be out of step where their slice is short beside what is known', async () => {
    await started('{class: batch-parallel, period: 20ms, utilisation: 0.5}', noise);
    await running.pass(12_000);
    const condition = running.condition('vm-set/application', 'Degraded');
    expect(condition).toMatchObject({ status: 'True', reason: 'OutOfStep' });
    expect(condition?.message).toMatch(/periods may begin [\d.]+ ms apart, more than a tenth of its slice of 10 ms/);
  });

  it('are out of step as soon as a user gives one of them another period', async () => {
    const key = `sha256:${'A'.repeat(43)}=`;
    const adjustable = `adjustableBy: [{key: "${key}", period: {least: 1s, most: 2s}, utilisation: {least: 0.1, most: 0.6}}]`;
    await started(`{class: batch-parallel, period: 1s, utilisation: 0.5, ${adjustable}}`, noise);
    await running.pass(12_000);
    expect(running.condition('vm-set/application', 'Degraded')).toBeUndefined();
    const stated = { statedPeriodUs: 1_000_000, statedSliceUs: 500_000 };
    const adjusted = { periodUs: 1_500_000, sliceUs: 500_000, ...stated, key, atMs: Date.now() };
    expect(await running.fleet.substrate('host-2').vsched?.adjust('vm-1', adjusted)).toEqual({ kind: 'granted' });
    await running.pass(3000);
    expect(gang()?.skewUs).toBe(1_500_000);
    expect(running.condition('vm-set/application', 'Degraded')).toMatchObject({ reason: 'OutOfStep' });
  });

  it('are said to be in unknown step where no packets tell of clocks', async () => {
    await started('{class: batch-parallel, period: 1s, utilisation: 0.5}');
    expect(running.condition('vm-set/application', 'Degraded')).toMatchObject({ reason: 'SkewUnknown' });
    expect(gang()).toBeDefined();
    expect(gang()).not.toHaveProperty('skewUs');
  });
});
