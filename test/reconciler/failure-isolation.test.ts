import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const other = 'desired/other.yaml';

/** Another network, whose Proxy is free, and its VMs. */
const otherNetwork = `apiVersion: virtuoso.dev/v1alpha1
kind: VirtualNetwork
metadata:
  name: other
spec:
  vni: 43
  proxy: host-3
  mtu: 1450
`;
const otherVm = `---
apiVersion: virtuoso.dev/v1alpha1
kind: VMSet
metadata:
  name: others
spec:
  network: other
  compute: 1
  memory: 1Gi
  members:
    - name: vm-9
      initialHost: host-3
`;

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  // These tests are not about the search.
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
  running.repository.edit(other, () => otherNetwork);
  await running.start();
});

afterEach(() => running.close());

const resize = (from: string, to: string) =>
  running.repository.edit(vms, (text) => text.replace(`memory: ${from}`, `memory: ${to}`));
const addOther = () => running.repository.edit(other, (text) => text + otherVm);
const last = () => running.journal.records.at(-1)?.entry;
const memoryOf = (vm: string) =>
  running.loop
    .hosts()
    .flatMap(({ report }) => report.guests.flatMap(({ guest }) => (guest.name === vm ? [guest.memoryMib] : [])))[0];

describe('a host that does not do what it is told', () => {
  it('holds up nothing but what depends on it, and rests by itself', async () => {
    running.deaf.add('host-2');
    addOther();
    resize('1Gi', '512Mi');
    await running.until(() => last()?.verdict === 'partial', 'the plan is carried out in part');
    expect(last()?.outcomes.filter(({ status }) => status === 'failed')).toMatchObject([
      { message: expect.stringContaining('host-2 did not converge') },
    ]);
    expect(running.places('vm-9')).toEqual({ 'vm-9': 'host-3' });
    expect(memoryOf('vm-2')).toBe(512);
    expect(memoryOf('vm-1')).toBe(1024);
    expect(running.condition('host/host-2', 'Degraded')).toMatchObject({ status: 'True', reason: 'BackingOff' });
    expect(running.condition('host/host-4', 'Degraded')).toBeUndefined();

    running.deaf.delete('host-2');
    await running.settled();
    expect(memoryOf('vm-1')).toBe(512);
    expect(running.condition('host/host-2', 'Degraded')).toBeUndefined();
    expect(running.condition('fleet/fleet')?.status).toBe('True');
    expect(running.places()).toEqual(started);
  });

  it('is tried ever more rarely, and the journal is not filled with it', async () => {
    running.deaf.add('host-2');
    resize('1Gi', '512Mi');
    await running.until(() => last()?.verdict === 'partial', 'the first failure');
    const records = running.journal.records.length;
    const passes = running.passes.length;
    await running.pass(10 * 60_000);
    const tried = running.passes
      .slice(passes)
      .filter(({ outcomes }) => outcomes.some(({ status }) => status === 'failed'));
    expect(tried.length).toBeGreaterThan(4);
    expect(tried.length).toBeLessThan(14);
    // The second failure is news: what others had to do is done by then.
    expect(running.journal.records.length).toBe(records + 1);
  });

  it('is passed over without a wait while it rests', async () => {
    running.deaf.add('host-2');
    resize('1Gi', '512Mi');
    for (let failures = 0; failures < 6; failures++) {
      const tried = running.passes.length;
      await running.until(
        () => running.passes.slice(tried).some(({ outcomes }) => outcomes.some(({ status }) => status === 'failed')),
        'another failure',
      );
    }
    const before = running.passes.length;
    running.loop.requestPass('somebody asks');
    await running.pass(1000);
    expect(running.passes[before]).toMatchObject({ verdict: 'partial', commit: null });
    expect(running.passes[before]?.outcomes.every(({ status }) => status === 'skipped')).toBe(true);
    expect(running.condition('fleet/fleet')).toMatchObject({ status: 'False', reason: 'StepsLeftOut' });
  });
});

describe('a new commit', () => {
  it('has a plan that hangs make way, and a pass begin at once', async () => {
    running.deaf.add('host-2');
    const first = resize('1Gi', '512Mi');
    await running.pass(5000);
    expect(running.journal.records.at(-1)?.entry.source).not.toBe(first);

    resize('512Mi', '1Gi');
    const second = addOther();
    await running.pass(3000);
    const [stuck, next] = running.journal.records.slice(-2);
    expect(stuck?.entry).toMatchObject({ source: first, verdict: 'partial' });
    expect(stuck?.entry.outcomes[0]?.message).toMatch(/^Commit [0-9a-f]{12} came while host-2 had not converged/);
    expect(next?.entry).toMatchObject({ source: second, verdict: 'applied' });
    expect(running.places('vm-9')).toEqual({ 'vm-9': 'host-3' });
    expect(running.condition('host/host-2', 'Degraded')).toBeUndefined();
  });

  it('that is broken does not', async () => {
    running.deaf.add('host-2');
    resize('1Gi', '512Mi');
    await running.pass(5000);
    const records = running.journal.records.length;
    running.repository.edit(vms, (text) => text.replace('compute: 1', 'compute: many'));
    await running.pass(5000);
    expect(running.journal.records.length).toBe(records);
  });

  it('is heard of when every host hangs', async () => {
    for (const { host } of running.loop.hosts()) running.deaf.add(host);
    resize('1Gi', '512Mi');
    await running.pass(2000);
    resize('512Mi', '1Gi');
    await running.pass(3000);
    expect(running.passes.at(-1)?.verdict).toBe('converged');
    expect(running.places()).toEqual(started);
  });
});
