import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess, type ProcessIdentity } from '../../../../agents/linux/process-identity.js';
import type { Vsched } from '../../../../agents/substrate.js';
import { AdmittingScheduler } from '../../../../agents/vsched/admitting-scheduler.js';
import type { Mechanism } from '../../../../agents/vsched/mechanism.js';
import { HostProcesses } from '../../../../agents/vsched/server/host-processes.js';
import { hostUserIds } from '../../../../agents/vsched/server/user-ids.js';
import { serveVsched } from '../../../../agents/vsched/server/vsched-server.js';
import { connectVsched, type VschedClient } from '../../../../cli/vsched-client.js';
import { createIdentity } from '../../../../wire/identity.js';
import { describeLab } from '../../../environment.js';

const nobody = 65_534;

/** Enforces nothing: these tests are about who is meant. */
const mechanism: Mechanism = {
  ability: {
    ...{ backend: 'emulated', guarantee: 'at-most', floorUs: 1000, longestPeriodUs: 1e9, leastSliceUs: 20 },
    ...{ modes: ['strict'], hasPhases: false, pauses: false, binds: true, mostThreads: 512, overheadUs: 0 },
    ...{ cpus: [0], reservedPpm: 0 },
  },
  pools: [{ cpu: 0, capacityPpm: 1_000_000, mostTasks: 8 }],
  enforce: async () => undefined,
  release: async () => undefined,
  account: () => ({ account: { deliveredUs: 0 } }),
  overheads: () => [],
  close: async () => undefined,
};

describeLab('users of this machine', ['linux', 'root'], () => {
  const children: ChildProcess[] = [];
  let client: VschedClient;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const backend = new AdmittingScheduler(mechanism);
    const vsched: Vsched = {
      ...{ backend, keep: async () => [], current: async () => [] },
      adjust: async (vm) => ({ kind: 'not-scheduled', message: vm }),
    };
    const [agent, operator] = [await createIdentity('agent', Date.now()), await createIdentity('operator', Date.now())];
    const listener = await serveVsched({
      ...{ identity: agent, at: { host: '127.0.0.1', port: 0 }, vsched, randomBytes },
      ...{ nowMs: () => Date.now(), processes: new HostProcesses(4_194_304), userId: hostUserIds(() => Date.now()) },
      ...{ operators: () => [{ key: operator.pin, user: 'nobody' }], record: () => undefined, log: () => undefined },
    });
    close = listener.close;
    const connected = await connectVsched({ url: listener.url, agentKey: agent.pin }, operator);
    if (connected.kind === 'refused') throw new Error(connected.message);
    client = connected.client;
  });
  afterEach(async () => {
    client.close();
    await close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function start(uid: number): Promise<ProcessIdentity> {
    const child = spawn('sleep', ['4712.5'], { stdio: 'ignore', uid });
    children.push(child);
    await once(child, 'spawn');
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === undefined) throw new Error('it has ended');
    return identity;
  }

  const third = { periodUs: 30_000, sliceUs: 10_000, mode: 'strict' as const };

  it('schedule their own processes, and no others', async () => {
    const [own, other] = [await start(nobody), await start(0)];
    const found = await client.request({ kind: 'find', text: '4712.5' });
    expect(found).toMatchObject({ kind: 'found', processes: [{ process: own, user: 'nobody', name: 'sleep' }] });
    expect(await client.request({ kind: 'identify', pid: other.pid })).toMatchObject({ processes: [] });
    expect(await client.request({ kind: 'admit', process: other, ...third })).toMatchObject({ reason: 'gone' });
    expect(await client.request({ kind: 'admit', process: own, ...third })).toMatchObject({ kind: 'granted', cpu: 0 });
    expect(await client.request({ kind: 'list' })).toMatchObject({ tasks: [{ process: own, name: 'sleep' }] });
  });

  it('do not get one for another: neither one that ended nor one of another start', async () => {
    const own = await start(nobody);
    const earlier = { ...own, startTicks: own.startTicks - 1 };
    expect(await client.request({ kind: 'admit', process: earlier, ...third })).toMatchObject({
      reason: 'other-process',
    });
    const earlierBoot = { ...own, bootId: '00000000-0000-0000-0000-000000000000' };
    expect(await client.request({ kind: 'admit', process: earlierBoot, ...third })).toMatchObject({
      reason: 'other-process',
    });
    children[0]?.kill('SIGKILL');
    await expect
      .poll(() => client.request({ kind: 'admit', process: own, ...third }))
      .toMatchObject({ kind: 'refused', reason: 'gone' });
  });
});
