import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../reconciler/pass.js';
import type { Rule } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const adaptation = 'desired/adaptation.yaml';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit(adaptation, (text) => text.replace('iterations: 20000', 'iterations: 300'));
  running.repository.edit(vms, (text) => text.replace('initialHost: host-2', 'pin: host-2'));
  await running.start();
});

afterEach(() => running.close());

/** Somebody migrates a VM without telling the reconciler. */
async function moveByOthers(vm: string, to: string): Promise<void> {
  const from = running.places(vm)[vm] ?? '';
  const [there, here] = [running.fleet.substrate(to).vmm, running.fleet.substrate(from).vmm];
  const specs = async (vmm: typeof here) => (await vmm.current()).map(({ guest }) => guest);
  const guests = await specs(here);
  const moved = guests.find(({ name }) => name === vm);
  if (!moved) throw new Error(`${vm} does not run on ${from}`);
  await there.converge([...(await specs(there)), { ...moved, from }], [], []);
  await here.converge(
    guests.filter((each) => each !== moved),
    [{ guest: vm, to }],
    [],
  );
  expect(running.places(vm)).toEqual({ [vm]: to });
}

/** Somebody sends the frames of a VM on a host astray. */
async function misdirect(host: string, mac: string): Promise<void> {
  const { vnet } = running.fleet.substrate(host);
  const { rules } = await vnet.current();
  const astray: Rule = { network: 'lan', source: 'any', destination: mac, to: [{ kind: 'link', peer: 'host-1' }] };
  await vnet.forward([...rules.filter(({ destination }) => destination !== mac), astray]);
}

const drifted = (object: string) => running.condition(object, 'Drifted');
const macOf = (vm: string) => running.loop.view().vms.find(({ name }) => name === vm)?.macs[0] ?? '';
const suspend = () =>
  running.repository.edit(adaptation, (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));
const resume = () => running.repository.edit(adaptation, (text) => text.replace('  suspend: true\n', ''));

describe('a fleet that nobody has touched', () => {
  it('has no drift, and no condition that says so', async () => {
    const { leftAtMs, drift, unheard, pending } = running.loop.drift();
    expect(leftAtMs).toBeLessThanOrEqual(Date.now());
    expect({ drift, unheard, pending }).toEqual({ drift: [], unheard: [], pending: 0 });
    expect(drifted('fleet/fleet')).toBeUndefined();
  });

  it('has none for what documents ask for and is not applied yet', async () => {
    suspend();
    running.repository.edit(vms, (text) => `${text.trimEnd()}\n    - name: vm-5\n      pin: host-3\n`);
    await running.nextPass();
    const { drift, pending } = running.loop.drift();
    expect(drift).toEqual([]);
    expect(pending).toBeGreaterThan(0);
  });

  it('has none for a host whose agent is away, which is named instead', async () => {
    await running.stopAgent('host-4');
    await running.until(() => running.condition('host/host-4')?.status === 'False', 'the host is known to be silent');
    expect(running.loop.drift()).toMatchObject({ drift: [], unheard: ['host-4'] });
  });
});

describe('what a host has lost', () => {
  it('is drift as long as nobody may put it right, and nobody is blamed for it', async () => {
    suspend();
    await running.nextPass();
    running.fleet.resetCore('host-4');
    await running.until(() => drifted('host/host-4') !== undefined, 'the drift is told');
    expect(drifted('host/host-4')).toMatchObject({ status: 'True', reason: 'NotAsLeft' });
    expect(drifted('fleet/fleet')?.message).toContain('On host-4: ');
    const { drift } = running.loop.drift();
    expect(new Set(drift.map(({ host, kind }) => `${host} ${kind}`))).toEqual(new Set(['host-4 missing']));
    await running.until(() => running.journal.records.at(-1)?.entry.verdict === 'suspended', 'a plan waits');
    expect(running.journal.records.at(-1)?.entry.conditions).toContainEqual(drifted('host/host-4'));
    resume();
    await running.settled();
    expect(running.loop.drift().drift).toEqual([]);
    expect(drifted('fleet/fleet')).toBeUndefined();
  });
});

describe('a VM that others move', () => {
  it('is put back twice and then left to them, until the next commit', async () => {
    for (const times of [1, 2]) {
      await moveByOthers('vm-1', 'host-3');
      await running.until(() => running.places()['vm-1'] === 'host-2', 'vm-1 is put back');
      await running.settled();
      const { reason, message } = drifted('vm/vm-1') ?? {};
      expect(reason).toBe('MovedByOthers');
      expect(message).toContain('it was moved from host-2 to host-3');
      expect(message).toContain(times === 1 ? 'once' : 'the last of 2 times');
    }
    await moveByOthers('vm-1', 'host-3');
    await running.settled();
    await running.pass(60_000);
    expect(running.places()).toEqual({ ...started, 'vm-1': 'host-3' });
    expect(running.unreachable(...Object.keys(started))).toEqual([]);
    expect(drifted('vm/vm-1')?.message).toContain('It is left as it is until the next commit');

    running.repository.edit(vms, (text) => `${text}# Ours again.\n`);
    await running.until(() => running.places()['vm-1'] === 'host-2', 'vm-1 is put back');
    await running.settled();
    expect(drifted('vm/vm-1')).toBeUndefined();
  });

  it('is noticed, too, when they did it while no reconciler ran', async () => {
    const restarted = running.restartReconciler();
    await moveByOthers('vm-1', 'host-3');
    await restarted;
    await running.settled();
    expect(drifted('vm/vm-1')?.message).toContain('it was moved from host-2 to host-3');
    expect(running.places()).toEqual(started);
  });

  it('is part of what a pass observed, so that the pass can be decided again', async () => {
    await moveByOthers('vm-1', 'host-3');
    await running.settled();
    const record = running.journal.records.at(-1);
    if (!record?.plan) throw new Error('a plan was to be recorded');
    expect(record.observed.foreign).toMatchObject([{ object: 'vm/vm-1' }]);
    const files = [...running.repository.files].map(([path, text]) => ({ path, text }));
    const { documents } = validateFiles(files);
    const again = decide({ documents, source: record.entry.source, observed: record.observed });
    expect(again.kind === 'planned' && again.plan.hash).toBe(record.plan.hash);
  });
});

describe('rules of a host that others change', () => {
  it('are put right twice, and then the host is left to them, until the next commit', async () => {
    const mac = macOf('vm-2');
    for (const _ of [1, 2]) {
      const entries = running.journal.records.length;
      await misdirect('host-5', mac);
      await running.until(() => running.journal.records.length > entries, 'it is put right');
      expect(running.unreachable(...Object.keys(started))).toEqual([]);
    }
    expect(drifted('host/host-5')).toMatchObject({ reason: 'MovedByOthers' });
    await misdirect('host-5', mac);
    await running.settled();
    await running.pass(30_000);
    const rule = async () =>
      (await running.fleet.substrate('host-5').vnet.current()).rules.find(({ destination }) => destination === mac);
    expect(await rule()).toMatchObject({ to: [{ kind: 'link', peer: 'host-1' }] });
    expect(drifted('host/host-5')?.message).toContain('It is left as it is until the next commit');
    running.repository.edit(vms, (text) => `${text}# Ours again.\n`);
    await running.settled();
    expect(await rule()).toBeUndefined();
    expect(drifted('host/host-5')).toBeUndefined();
  });
});
