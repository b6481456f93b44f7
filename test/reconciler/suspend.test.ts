import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const network = 'desired/network.yaml';
const hosts = 'inventory/hosts.yaml';
const annotation = "  annotations:\n    virtuoso.dev/reconcile: 'disabled'\n";

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  // These tests are not about the search.
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
  await running.start();
});

afterEach(() => running.close());

/** Adds the annotation to the document of this name, or takes it out again. */
const suspend = (path: string, name: string) =>
  running.repository.edit(path, (text) => text.replace(`  name: ${name}\n`, `  name: ${name}\n${annotation}`));
const resume = (path: string) => running.repository.edit(path, (text) => text.replace(annotation, ''));

const nameOf = (path: string) => /^ {2}name: (.+)$/m.exec(running.repository.files.get(path) ?? '')?.[1] ?? '';
const pinned = (vm: string, host: string) =>
  running.repository.edit(vms, (text) =>
    text.replace(`    - name: ${vm}\n`, `    - name: ${vm}\n      pin: ${host}\n`),
  );
const all = Object.keys(started);

describe('a VMSet that is suspended', () => {
  beforeEach(() => suspend(vms, nameOf(vms)));

  it('keeps its VMs where they are and as they are, whatever documents say, until it is resumed', async () => {
    await running.settled();
    running.repository.edit(vms, (text) => text.replace('memory: 1Gi', 'memory: 512Mi'));
    pinned('vm-1', 'host-1');
    await running.settled();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    expect(running.journal.records.map(({ entry }) => entry.verdict)).toEqual(['applied']);
    expect(running.condition('vm/vm-1', 'Suspended')).toMatchObject({
      status: 'True',
      reason: 'SuspendedWithAnother',
    });
    expect(running.condition(`vm-set/${nameOf(vms)}`, 'Suspended')?.reason).toBe('SuspendedByAnnotation');

    resume(vms);
    await running.until(() => running.places()['vm-1'] === 'host-1', 'vm-1 moves once it is resumed');
    expect(running.condition('vm/vm-1', 'Suspended')).toBeUndefined();
  });

  it('starts no VM and stops none', async () => {
    await running.settled();
    running.repository.edit(vms, (text) =>
      text.replace(/ {4}- name: vm-4\n {6}address: .*\n {6}initialHost: .*\n/, '    - name: vm-9\n'),
    );
    await running.settled();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    expect(running.places('vm-9')).toEqual({ 'vm-9': '' });
    expect(running.unreachable(...all)).toEqual([]);
    expect(running.condition('vm/vm-4', 'Suspended')?.status).toBe('True');

    resume(vms);
    await running.until(() => running.places('vm-9')['vm-9'] !== '', 'vm-9 starts once it is resumed');
    expect(running.places('vm-4')).toEqual({ 'vm-4': '' });
  });
});

describe('a Host that is suspended', () => {
  it('keeps its VMs, gets none, and is told nothing, while others are reconciled', async () => {
    suspend(hosts, 'host-2');
    await running.settled();
    const told = running.loop.hosts().find(({ host }) => host === 'host-2')?.desired?.generation;
    pinned('vm-1', 'host-1');
    pinned('vm-2', 'host-3');
    await running.until(() => running.places()['vm-2'] === 'host-3', 'vm-2 moves');
    await running.settled();
    expect(running.places()).toEqual({ ...started, 'vm-2': 'host-3' });
    expect(running.unreachable(...all)).toEqual([]);
    expect(running.loop.hosts().find(({ host }) => host === 'host-2')?.desired?.generation).toBe(told);
    expect(running.condition('host/host-2')).toMatchObject({ status: 'True', reason: 'Connected' });
    expect(running.condition('host/host-2', 'Suspended')?.message).toContain('virtuoso.dev/reconcile');

    resume(hosts);
    await running.until(() => running.places()['vm-1'] === 'host-1', 'vm-1 moves once its host is resumed');
  });

  it('takes the networks along whose Proxy it is', async () => {
    suspend(hosts, 'host-1');
    await running.settled();
    pinned('vm-2', 'host-3');
    running.repository.edit(network, (text) => text.replace('proxy: host-1', 'proxy: host-4'));
    await running.settled();
    await running.pass(30_000);
    expect(running.places()).toEqual(started);
    expect(running.condition(`virtual-network/${nameOf(network)}`, 'Suspended')?.message).toContain('host/host-1');
    expect(running.unreachable(...all)).toEqual([]);
  });
});

describe('a VirtualNetwork that is suspended', () => {
  it('keeps its Proxy, its tables and its VMs, damage and all', async () => {
    suspend(network, nameOf(network));
    await running.settled();
    running.repository.edit(network, (text) => text.replace('proxy: host-1', 'proxy: host-4'));
    pinned('vm-2', 'host-3');
    await running.settled();
    running.fleet.resetCore('host-4');
    await running.pass(10_000);
    expect(running.places()).toEqual(started);
    expect(running.unreachable('vm-1', 'vm-2')).not.toEqual([]);
    expect(running.journal.records.map(({ entry }) => entry.verdict)).toEqual(['applied']);

    resume(network);
    await running.until(() => running.places()['vm-2'] === 'host-3', 'vm-2 moves');
    await running.settled();
    expect(running.unreachable(...all)).toEqual([]);
  });
});

describe('an annotation that is mistaken', () => {
  it('is refused, where it is', async () => {
    running.repository.edit(vms, (text) =>
      text.replace(`  name: ${nameOf(vms)}\n`, `  name: ${nameOf(vms)}\n${annotation.replace("'disabled'", 'off')}`),
    );
    await running.nextPass();
    expect(running.condition('source/repository')?.message).toContain('VIRT3030');
  });
});
