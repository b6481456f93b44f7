import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const adaptation = 'desired/adaptation.yaml';
const member5 = '    - name: vm-5\n      address: 10.77.0.5/24\n      initialHost: host-3\n';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  // These tests are not about the search.
  running.repository.edit(adaptation, (text) => text.replace('iterations: 20000', 'iterations: 300'));
});

afterEach(() => running.close());

const verdicts = () => running.journal.records.map(({ entry }) => entry.verdict);
const withoutHost6 = (text: string) => text.slice(0, text.lastIndexOf('---'));
const without = (text: string, ...members: string[]) =>
  members.reduce(
    (left, vm) => left.replace(new RegExp(` {4}- name: ${vm}\n {6}address: .*\n {6}initialHost: .*\n`), ''),
    text,
  );

describe('a fleet that starts', () => {
  it('runs every VM where it was asked for, with every pair connected, in one recorded pass', async () => {
    await running.start();
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...Object.keys(started))).toEqual([]);
    expect(verdicts()).toEqual(['applied']);
    expect(running.loop.conditions().filter(({ status }) => status !== 'True')).toEqual([]);
  });

  it('does nothing more in any later pass', async () => {
    await running.start();
    await running.pass(60_000);
    const later = running.passes.slice(1);
    expect(later.length).toBeGreaterThan(5);
    expect(later.every(({ verdict, commit }) => verdict === 'converged' && commit === null)).toBe(true);
    expect(verdicts()).toEqual(['applied']);
  });

  it('is taken over as it is by another reconciler', async () => {
    await running.start();
    await running.restartReconciler();
    await running.settled();
    expect(running.places()).toEqual(started);
    expect(verdicts()).toEqual(['applied']);
  });

  it('is seen to have run before by another reconciler alone', async () => {
    await running.start();
    const resumed = () => running.journal.records.at(-1)?.observed.resumedAtMs;
    expect(resumed()).toBeUndefined();
    await running.restartReconciler();
    const beforeMs = running.journal.records.at(-1)?.observed.nowMs ?? 0;
    await running.settled();
    running.repository.edit(vms, (text) => `${text.trimEnd()}\n${member5}`);
    await running.settled();
    expect(running.places('vm-5')).toEqual({ 'vm-5': 'host-3' });
    expect(resumed()).toBeGreaterThan(beforeMs);
    expect(resumed()).toBeLessThanOrEqual(running.journal.records.at(-1)?.observed.nowMs ?? 0);
  });
});

describe('a commit', () => {
  beforeEach(() => running.start());

  it('that is broken leaves the last good one in effect, and says so where and once', async () => {
    const good = running.repository.tip;
    const broken = running.repository.edit(vms, (text) => text.replace('memory: 1Gi', 'memory: 1 elephant'));
    await running.nextPass();
    running.loop.requestPass('somebody asks');
    await running.pass(30_000);

    const condition = running.condition('source/repository');
    expect(condition).toMatchObject({ status: 'False', reason: 'Rejected' });
    expect(condition?.message).toContain(`desired/vms.yaml:10:11: VIRT`);
    expect(condition?.message).toContain(`The documents of ${good} stay in effect.`);
    expect(running.places()).toEqual(started);
    expect(running.journal.records.slice(1)).toMatchObject([{ entry: { verdict: 'refused', source: broken } }]);
    expect(running.loop.view().source).toBe(good);

    const mended = running.repository.edit(vms, (text) => text.replace('1 elephant', '1Gi'));
    await running.settled();
    expect(running.condition('source/repository')).toMatchObject({ status: 'True', reason: 'Read' });
    expect(running.loop.view().source).toBe(mended);
  });

  it('that is broken does not keep the fleet from being repaired', async () => {
    running.repository.edit(vms, (text) => text.replace('memory: 1Gi', 'memory: 1 elephant'));
    await running.nextPass();
    running.fleet.resetCore('host-4');
    await running.until(() => running.unreachable(...Object.keys(started)).length === 0, 'the tables are back');
    expect(running.condition('source/repository')?.status).toBe('False');
  });

  it('that adds a VM starts it and connects it', async () => {
    running.repository.edit(vms, (text) => text + member5);
    await running.settled();
    expect(running.places('vm-5')).toEqual({ 'vm-5': 'host-3' });
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...Object.keys(started), 'vm-5')).toEqual([]);
    expect(running.condition('vm/vm-5')).toMatchObject({ status: 'True', message: 'It runs on host-3.' });
  });

  it('that takes a VM out stops it, and leaves the others alone', async () => {
    running.repository.edit(vms, (text) => without(text, 'vm-4'));
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-4': '' });
    expect(running.unreachable('vm-1', 'vm-2', 'vm-3')).toEqual([]);
    expect(running.condition('vm/vm-4')).toBeUndefined();
  });

  it('that names another Proxy moves the star under running VMs', async () => {
    running.repository.edit('desired/network.yaml', (text) => text.replace('proxy: host-1', 'proxy: host-4'));
    await running.settled();
    const links = running.loop.view().links.filter(({ star }) => star);
    expect(links.map(({ a, b }) => `${a} ${b}`)).toEqual(
      [1, 2, 3, 5, 6].map((n) => [`host-${n}`, 'host-4'].sort().join(' ')),
    );
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...Object.keys(started))).toEqual([]);
    expect(running.fleet.probe('vm-1', 'vm-4').hosts).toEqual(['host-2', 'host-4', 'host-6']);
  });

  it('that only asks for a pass gets one, which does nothing', async () => {
    const at = '2026-03-01T12:34:56Z';
    running.repository.edit(adaptation, (text) =>
      text.replace('  name: quick', `  name: quick\n  annotations:\n    virtuoso.dev/requestedAt: '${at}'`),
    );
    expect(await running.nextPass()).toMatchObject({ verdict: 'converged', commit: null });
    expect(running.loop.view().source).toBe(running.repository.tip);
  });

  it('that no fleet could fulfil changes nothing, and says why once', async () => {
    running.repository.edit(vms, (text) => text + ['vm-5', 'vm-6', 'vm-7'].map((vm) => `    - name: ${vm}\n`).join(''));
    expect(await running.nextPass()).toMatchObject({ verdict: 'infeasible', outcomes: [] });
    await running.pass(30_000);
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'Infeasible' });
    expect(running.condition('fleet/fleet')?.message).toMatch(/vm-[567]/);
    expect(running.places()).toEqual(started);
    expect(running.places('vm-5', 'vm-6', 'vm-7')).toEqual({ 'vm-5': '', 'vm-6': '', 'vm-7': '' });
    expect(verdicts()).toEqual(['applied', 'infeasible']);
  });

  it('that would stop more VMs than a ChangeLimit allows is refused, and names the limit', async () => {
    running.repository.edit(vms, (text) => without(text, 'vm-3', 'vm-4'));
    expect(await running.nextPass()).toMatchObject({ verdict: 'unsafe', outcomes: [] });
    await running.pass(30_000);
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'Unsafe' });
    expect(running.condition('fleet/fleet')?.message).toMatch(/ChangeLimit careful .*25 %.*2 of 4 .*maxDeletedShare/);
    expect(running.places()).toEqual(started);
    expect(verdicts()).toEqual(['applied', 'unsafe']);

    running.repository.edit('policies/limits.yaml', (text) => text.replace(/(maxDeletedShare:) .*/, '$1 0.5'));
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-3': '', 'vm-4': '' });
    expect(running.condition('fleet/fleet')?.status).toBe('True');
  });

  it('that suspends has later ones planned and recorded, not applied, until it is taken back', async () => {
    running.repository.edit(adaptation, (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));
    running.repository.edit(vms, (text) => text + member5);
    expect(await running.nextPass()).toMatchObject({ verdict: 'suspended', outcomes: [] });
    await running.pass(30_000);
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    expect(running.condition('fleet/fleet', 'Suspended')?.status).toBe('True');
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'Pending' });
    expect(verdicts()).toEqual(['applied', 'suspended']);
    expect(running.journal.records.at(-1)?.plan?.steps).not.toEqual([]);

    running.repository.edit(adaptation, (text) => text.replace('  suspend: true\n', ''));
    await running.settled();
    expect(running.places('vm-5')).toEqual({ 'vm-5': 'host-3' });
  });
});

describe('an agent that goes away', () => {
  it('leaves its VMs where they are: they are not started elsewhere; and is Ready when it comes back', async () => {
    await running.start();
    await running.stopAgent('host-4');
    await running.until(() => running.condition('host/host-4')?.status === 'False', 'the host is known to be silent');
    await running.pass(120_000);
    expect(running.condition('host/host-4')).toMatchObject({ status: 'False', reason: 'Silent' });
    expect(running.condition('vm/vm-2')).toMatchObject({ status: 'Unknown', reason: 'HostSilent' });
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...Object.keys(started))).toEqual([]);

    await running.startAgent('host-4');
    await running.until(() => running.condition('host/host-4')?.status === 'True', 'the host is back');
    await running.settled();
    expect(running.condition('vm/vm-2')?.status).toBe('True');
    expect(running.places()).toEqual(started);
    expect(verdicts()).toEqual(['applied']);
  });

  it('is given up, and its VM started elsewhere, only when its host leaves the inventory', async () => {
    await running.start();
    await running.stopAgent('host-6');
    await running.until(() => running.condition('host/host-6')?.status === 'False', 'the host is known to be silent');
    running.repository.edit(vms, (text) => text.replace('initialHost: host-6', 'initialHost: host-3'));
    await running.pass(30_000);
    expect(running.passes.at(-1)?.plan?.changes).toEqual([]);
    running.repository.edit('inventory/hosts.yaml', withoutHost6);
    const { plan } = await running.nextPass();
    expect(plan?.changes).toContainEqual({ kind: 'guest-start', guest: 'vm-4', host: 'host-3' });
    // The machine was not gone in truth: the emulation refuses to run a VM twice, which is told.
    await running.until(() => verdicts().includes('partial'), 'the start was refused');
    expect(running.places()).toEqual(started);
  });

  it('may not lose its host from the inventory while it answers and VMs run there', async () => {
    await running.start();
    running.repository.edit(vms, (text) => text.replace('initialHost: host-6', 'initialHost: host-3'));
    running.repository.edit('inventory/hosts.yaml', withoutHost6);
    expect(await running.nextPass()).toMatchObject({ verdict: 'unsafe', outcomes: [] });
    expect(running.condition('fleet/fleet')?.message).toContain('Host host-6 was taken out of the inventory');
    expect(running.places()).toEqual(started);
  });

  it('never having come is waited for, then done without, and told', async () => {
    await running.start(['host-1', 'host-2', 'host-4', 'host-5', 'host-6']);
    expect(running.condition('host/host-3')).toMatchObject({ status: 'Unknown', reason: 'NeverSeen' });
    expect(running.places()).toEqual(started);
    expect(running.journal.records[0]?.entry.trigger).toBe('not every host had reported');
  });

  it('keeps VMs that only its host may run waiting until it is back', async () => {
    await running.start();
    await running.stopAgent('host-3');
    running.repository.edit(vms, (text) => text + member5.replace('initialHost', 'pin'));
    await running.pass(30_000);
    expect(running.places('vm-5')).toEqual({ 'vm-5': '' });
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'Infeasible' });
    expect(running.condition('fleet/fleet')?.message).toContain('vm-5');
    await running.startAgent('host-3');
    await running.until(() => running.places('vm-5')['vm-5'] === 'host-3', 'vm-5 runs');
    await running.settled();
    expect(running.unreachable(...Object.keys(started), 'vm-5')).toEqual([]);
  });

  it('with another at once changes nothing when both are back', async () => {
    await running.start();
    await Promise.all(['host-2', 'host-4'].map((host) => running.stopAgent(host)));
    await running.pass(100);
    await Promise.all(['host-2', 'host-4'].map((host) => running.startAgent(host)));
    await running.pass(5000);
    await running.settled();
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...Object.keys(started))).toEqual([]);
    expect(running.loop.conditions().filter(({ status }) => status !== 'True')).toEqual([]);
    expect(verdicts()).toEqual(['applied']);
  });
});
