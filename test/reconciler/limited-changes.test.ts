import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summary } from '../../reconciler/adapters/journal-facts.js';
import { approvalDigest } from '../../reconciler/model/approval.js';
import { RunningFleet, started } from './running/running-fleet.js';

const adaptation = 'desired/adaptation.yaml';
const vms = 'desired/vms.yaml';
const limits = 'policies/limits.yaml';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit(adaptation, (text) => text.replace('iterations: 20000', 'iterations: 300'));
  await running.start();
});

afterEach(() => running.close());

const limit = (spec: string) =>
  running.repository.edit(
    limits,
    () => `apiVersion: virtuoso.dev/v1alpha1\nkind: ChangeLimit\nmetadata: {name: careful}\nspec:\n${spec}`,
  );
const takeOut = (...names: string[]) =>
  running.repository.edit(vms, (text) =>
    names.reduce((rest, vm) => rest.replace(new RegExp(` *- name: ${vm}\\n( {6}.*\\n)*`), ''), text),
  );
const prune = (mode: string) =>
  running.repository.edit(adaptation, (text) => text.replace(/spec:\n( {2}prune: .*\n)?/, `spec:\n  prune: ${mode}\n`));
const verdicts = () => running.journal.records.map(({ entry }) => entry.verdict);
const digest = () => {
  const plan = running.loop.plan();
  if (plan === null) throw new Error('there is no plan');
  return approvalDigest(plan);
};
const inAnHour = () => new Date(Date.now() + 3600e3).toISOString();
const all = Object.keys(started);

describe('a limit for an hour', () => {
  it('counts what was stopped in it, over a restart too, and lets the rest go when it is over', async () => {
    // One of three is as much as may go in an hour, two of four are more.
    limit('  maxDeletedShare: 1\n  maxDeletedSharePerHour: 0.34\n');
    running.repository.edit(adaptation, (text) => text.replace(/interval: .*/, 'interval: 5m'));
    takeOut('vm-4');
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-4': '' });
    takeOut('vm-3');
    expect(await running.nextPass()).toMatchObject({ verdict: 'unsafe' });
    expect(running.condition('fleet/fleet')?.message).toBe(
      'ChangeLimit careful allows to stop 34 % of the running VMs in an hour; with this plan it would be 2 of 4 (50 %). ' +
        'If that is wanted, raise maxDeletedSharePerHour in a ChangeLimit; otherwise wait until the hour is over.',
    );
    await running.restartReconciler();
    await running.pass(50 * 60e3);
    expect(running.passes.at(-1)?.verdict).toBe('unsafe');
    expect(running.places('vm-3')).toEqual({ 'vm-3': 'host-5' });
    await running.pass(15 * 60e3);
    expect(running.places('vm-3')).toEqual({ 'vm-3': '' });
  });
});

describe('a plan above a limit that asks for an approval', () => {
  const asks = (approvals = '') => limit(`  maxDeletedShare: 0.25\n  whenExceeded: approval\n${approvals}`);
  const approve = (plan: string, until = inAnHour()) =>
    asks(`  approvals:\n    - {plan: '${plan}', until: '${until}', by: ada@example.org, reason: the shop closes}\n`);

  beforeEach(async () => {
    asks();
    takeOut('vm-3', 'vm-4');
    await running.until(() => running.passes.at(-1)?.verdict === 'pending', 'a plan that waits');
  });

  it('waits, recorded once, and says what to approve', async () => {
    await running.pass(180_000);
    expect(running.places()).toEqual(started);
    expect(verdicts()).toEqual(['applied', 'pending']);
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'AwaitsApproval' });
    expect(running.condition('fleet/fleet')?.message).toMatch(
      /^ChangeLimit careful allows to stop 25 % .*\nIt waits for an approval: `virtuoso approve sha256:[0-9a-f]{64}`, or /,
    );
    expect(running.condition('fleet/fleet')?.message).toContain(digest());
    const record = running.journal.records.at(-1);
    expect(record && summary(record.entry, record.plan)).toMatch(/^pending: ChangeLimit careful allows/);
    await running.restartReconciler();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    expect(running.passes.at(-1)?.verdict).toBe('pending');
  });

  it('is carried out when a commit approves it, and the journal tells who did', async () => {
    const commit = approve(digest());
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-3': '', 'vm-4': '' });
    const applied = running.journal.records.find(({ entry }) => entry.approval !== undefined);
    expect(applied?.entry).toMatchObject({
      ...{ verdict: 'applied', actor: 'virtuoso', source: commit },
      approval: { by: 'ada@example.org', place: 'ChangeLimit careful', reason: 'the shop closes' },
    });
    expect(applied && summary(applied.entry, applied.plan)).toContain(
      'approved by ada@example.org (ChangeLimit careful)',
    );
  });

  it('is carried out when somebody applies it by hand, and the journal tells who did', async () => {
    const plan = running.loop.plan();
    if (plan === null) throw new Error('there is no plan');
    const applied = running.loop.apply(plan, plan.hash, 'bob');
    await running.pass(5000);
    expect(await applied).toMatchObject({ kind: 'applied' });
    expect(running.places()).toEqual({ ...started, 'vm-3': '', 'vm-4': '' });
    const entry = running.journal.records.find(({ entry }) => entry.approval !== undefined)?.entry;
    expect(entry).toMatchObject({ actor: 'bob', approval: { by: 'bob', place: 'API', digest: approvalDigest(plan) } });
  });

  it('is not carried out by an approval of another one, nor by one that has ended', async () => {
    approve(`sha256:${'0'.repeat(64)}`);
    await running.pass(5000);
    expect(running.places()).toEqual(started);
    const approved = digest();
    approve(approved, new Date(Date.now()).toISOString());
    await running.pass(5000);
    expect(running.places()).toEqual(started);
    // What was approved is no longer what is wanted.
    takeOut('vm-2');
    await running.pass(5000);
    approve(approved);
    await running.pass(5000);
    expect(running.places()).toEqual(started);
    expect(running.passes.at(-1)?.verdict).toBe('pending');
  });
});

describe('VMs that no document wants any more', () => {
  it('run on where `prune` is off, reachable, through a restart, and it is said', async () => {
    prune('off');
    takeOut('vm-3', 'vm-4');
    await running.settled();
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...all)).toEqual([]);
    expect(running.condition('vm/vm-4', 'Suspended')).toMatchObject({ status: 'True', reason: 'PruneOff' });
    await running.restartReconciler();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    running.repository.edit('desired/network.yaml', (text) => text.replace('proxy: host-1', 'proxy: host-4'));
    await running.settled();
    expect(running.unreachable(...all)).toEqual([]);
    limit('  maxDeletedShare: 0.5\n');
    prune('on');
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-3': '', 'vm-4': '' });
    expect(running.condition('vm/vm-4', 'Suspended')).toBeUndefined();
  });

  it('are removed one by one as they are confirmed, while the rest of the fleet goes on', async () => {
    prune('confirm');
    takeOut('vm-3', 'vm-4');
    running.repository.edit(vms, (text) => `${text}    - name: vm-5\n      initialHost: host-3\n`);
    await running.settled();
    expect(running.places(...all, 'vm-5')).toEqual({ ...started, 'vm-5': 'host-3' });
    expect(running.condition('vm/vm-3', 'Suspended')).toMatchObject({ reason: 'RemovalAwaitsApproval' });
    limit('  maxDeletedShare: 0.5\n  approvals:\n    - {remove: [vm-3], by: ada@example.org}\n');
    await running.settled();
    expect(running.places(...all)).toEqual({ ...started, 'vm-3': '' });
    expect(running.condition('vm/vm-3', 'Suspended')).toBeUndefined();
    expect(running.condition('vm/vm-4', 'Suspended')?.status).toBe('True');
  });

  it('may not be wanted again while their removal is approved', async () => {
    limit('  approvals:\n    - {remove: [vm-3], by: ada@example.org}\n');
    expect(await running.nextPass()).toMatchObject({ verdict: 'refused' });
    expect(running.condition('source/repository')?.message).toContain('VIRT7016');
  });

  it('that could not go on as they are stop the plan', async () => {
    prune('off');
    takeOut('vm-4');
    await running.settled();
    const set = running.repository.files.get(vms) ?? '';
    const network = /network: (\S+)/.exec(set)?.[1] ?? '';
    running.repository.edit(vms, (text) => text.replace(`network: ${network}`, 'network: other'));
    running.repository.edit('desired/network.yaml', (text) => text.replace(`name: ${network}`, 'name: other'));
    await running.until(() => running.passes.at(-1)?.verdict === 'unsafe', 'a plan that is refused');
    expect(running.condition('fleet/fleet')?.message).toMatch(
      /No document wants vm-4 any more.*virtual network .* is gone/,
    );
    expect(running.places()).toEqual(started);
  });
});

describe('documents that want no VM any more', () => {
  it('are refused, and the fleet runs on, over a restart too', async () => {
    limit('  maxDeletedShare: 1\n');
    await running.settled();
    running.repository.remove(vms);
    expect(await running.nextPass()).toMatchObject({ verdict: 'refused' });
    expect(running.condition('source/repository')).toMatchObject({ status: 'False', reason: 'Emptied' });
    expect(running.condition('source/repository')?.message).toContain(
      'it has no VMSet, and the documents before it want 4 VMs.',
    );
    await running.restartReconciler();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    expect(running.condition('source/repository')).toMatchObject({ reason: 'Emptied' });

    running.repository.remove(...running.repository.files.keys());
    await running.pass(5000);
    expect(running.condition('source/repository')?.message).toContain('it has no documents at all');
    expect(running.places()).toEqual(started);
  });

  it('take effect where a ChangeLimit says that this is meant', async () => {
    limit('  maxDeletedShare: 1\n  allowEmpty: true\n');
    await running.settled();
    running.repository.remove(vms);
    await running.settled();
    expect(running.places()).toEqual(Object.fromEntries(all.map((vm) => [vm, ''])));
  });
});
