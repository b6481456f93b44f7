import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summary } from '../../reconciler/adapters/journal-facts.js';
import { renderText } from '../../reconciler/plan/render-text.js';
import type { AdjustedSchedule } from '../../schema/generated/types.js';
import { RunningFleet } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const key = `sha256:${'A'.repeat(43)}=`;
const bounds = 'period: {least: 5ms, most: 100ms}, utilisation: {least: 0.1, most: 0.8}';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
  const schedule = `{class: interactive, utilisation: 0.3, adjustableBy: [{key: "${key}", ${bounds}}]}`;
  running.repository.edit(vms, (text) => text.replace('  members:', `  schedule: ${schedule}\n  members:`));
  await running.start();
});

afterEach(() => running.close());

const adjustments = () => running.journal.records.flatMap(({ entry }) => entry.adjustments ?? []);
const newestPlan = () => running.journal.records.findLast(({ plan }) => plan !== null)?.plan ?? null;
const generationOf = (host: string) => running.loop.hosts().find((each) => each.host === host)?.report.generation;

async function scheduleOn(host: string, vm = 'vm-1') {
  const kept = (await running.fleet.substrate(host).vsched?.current()) ?? [];
  return kept.find((each) => each.vm === vm);
}

async function adjust(host: string, sliceUs: number, atMs = Date.now()): Promise<AdjustedSchedule> {
  const adjusted = { periodUs: 20_000, sliceUs, statedPeriodUs: 10_000, statedSliceUs: 3000, key, atMs };
  expect(await running.fleet.substrate(host).vsched?.adjust('vm-1', adjusted)).toEqual({ kind: 'granted' });
  return adjusted;
}

describe('who may schedule processes of a host', () => {
  const toldTo = (host: string) => running.loop.hosts().find((each) => each.host === host)?.desired?.operators;

  it('is told to it, and taken back, without a plan', async () => {
    const hosts = 'inventory/hosts.yaml';
    const operators = `  operators: [{key: "${key}", user: ada}]\n`;
    const passes = running.passes.length;
    running.repository.edit(hosts, (text) => text.replace(/(name: host-2\nspec:\n)/, `$1${operators}`));
    await running.settled();
    expect(toldTo('host-2')).toEqual([{ key, user: 'ada' }]);
    expect(toldTo('host-3')).toBeUndefined();
    running.repository.edit(hosts, (text) => text.replace(operators, ''));
    await running.settled();
    expect(toldTo('host-2')).toBeUndefined();
    expect(running.passes.slice(passes).every(({ verdict }) => verdict === 'converged')).toBe(true);
  });
});

describe('a schedule that a user changes', () => {
  it('is recorded once, and is no reason for a plan or to tell a host anything', async () => {
    const [generation, entries] = [generationOf('host-2'), running.journal.records.length];
    await adjust('host-2', 9000);
    await running.pass(2000);
    const stated = { periodUs: 10_000, sliceUs: 3000 };
    const back = { ...stated, statedPeriodUs: 10_000, statedSliceUs: 3000, key, atMs: Date.now() };
    await running.fleet.substrate('host-2').vsched?.adjust('vm-1', back);
    await running.pass(10_000);
    expect(adjustments()).toEqual([]);
    const adjusted = await adjust('host-2', 10_000);
    await running.pass(15_000);
    const at = new Date(adjusted.atMs).toISOString();
    const after = { periodUs: 20_000, sliceUs: 10_000 };
    expect(adjustments()).toEqual([{ vm: 'vm-1', host: 'host-2', key, stated, before: stated, after, at }]);
    expect(generationOf('host-2')).toBe(generation);
    expect(await scheduleOn('host-2')).toMatchObject({ ...stated, adjusted });
    const [record, ...more] = running.journal.records.slice(entries);
    expect(more).toEqual([]);
    expect(record && summary(record.entry, null)).toBe(
      `adjusted: vm-1 on host-2 has 10 ms in every 20 ms, had 3 ms in every 10 ms, as ${key} chose`,
    );

    await running.restartReconciler();
    await running.pass(12_000);
    await adjust('host-2', 4000);
    await running.pass(10_000);
    expect(adjustments().slice(1)).toMatchObject([{ before: after, after: { periodUs: 20_000, sliceUs: 4000 } }]);
    expect(running.passes.slice(1).every(({ verdict }) => verdict === 'converged')).toBe(true);
  });

  it('goes with its VM to another host, and lapses when documents state another', async () => {
    const adjusted = await adjust('host-2', 10_000);
    await running.pass(10_000);
    running.repository.edit(vms, (text) => text.replace('initialHost: host-2', 'pin: host-3'));
    await running.settled();
    expect(running.places('vm-1')).toEqual({ 'vm-1': 'host-3' });
    expect(await scheduleOn('host-3')).toMatchObject({ periodUs: 10_000, sliceUs: 3000, adjusted });
    expect(await scheduleOn('host-2')).toBeUndefined();
    await running.pass(8000);
    expect(adjustments()).toHaveLength(1);

    running.repository.edit(vms, (text) => text.replace('utilisation: 0.3', 'utilisation: 0.4'));
    await running.settled();
    const kept = await scheduleOn('host-3');
    expect(kept).toMatchObject({ periodUs: 10_000, sliceUs: 4000 });
    expect(kept?.adjusted).toBeUndefined();
    const plan = newestPlan();
    expect(plan && renderText(plan)).toContain(
      `; 10 ms in every 20 ms, which ${key} chose, lapses: another schedule is stated`,
    );
  });

  it('lapses when bounds exclude it', async () => {
    await adjust('host-2', 10_000);
    await running.pass(10_000);
    running.repository.edit(vms, (text) => text.replace('most: 0.8', 'most: 0.4'));
    await running.settled();
    expect((await scheduleOn('host-2'))?.adjusted).toBeUndefined();
    const plan = newestPlan();
    expect(plan && renderText(plan)).toContain('chose, lapses: bounds exclude it');
  });
});
