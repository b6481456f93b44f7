import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseWithdrawn } from '../../../../agents/vsched/server/release-withdrawn.js';
import { connectVsched, type VschedClient } from '../../../../cli/vsched-client.js';
import type { Identity } from '../../../../wire/identity.js';
import { ServedWorld } from './served-world.js';

let world: ServedWorld;
const clients: VschedClient[] = [];
beforeEach(async () => {
  world = await ServedWorld.open();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await world.close();
});

async function as(identity: Identity): Promise<VschedClient> {
  const connected = await connectVsched({ url: world.url, agentKey: world.agent.pin }, identity);
  if (connected.kind === 'refused') throw new Error(connected.message);
  clients.push(connected.client);
  return connected.client;
}

const third = { periodUs: 30_000, sliceUs: 10_000, mode: 'strict' as const };

describe('an operator', () => {
  it('finds processes of its user, by a part of the name or of the command line, and no others', async () => {
    const own = await world.start('anna');
    await world.start('anna', { name: 'editor', command: '/bin/editor (a|b)+$' });
    await world.start('bruno');
    await world.start('root');
    const anna = await as(world.anna);
    const user = 'anna';
    expect(await anna.request({ kind: 'find', text: 'SIMULATE' })).toEqual({
      ...{ kind: 'found', number: 1, more: 0 },
      processes: [{ process: own, user, name: 'simulate', command: '/usr/bin/simulate --of anna', isScheduled: false }],
    });
    expect(await anna.request({ kind: 'find', text: '(a|b)+$' })).toMatchObject({ processes: [{ name: 'editor' }] });
    expect(await anna.request({ kind: 'find', text: '' })).toMatchObject({ processes: [{ user }, { user }] });
    expect(await anna.request({ kind: 'find', text: 'bruno' })).toMatchObject({ processes: [] });
  });

  it('admits, changes, pauses, resumes and releases a process, and sees its account', async () => {
    const process = await world.start('anna');
    const anna = await as(world.anna);
    expect(await anna.request({ kind: 'admit', process, ...third })).toMatchObject({
      kind: 'granted',
      sliceUs: 10_000,
    });
    const changed = { periodUs: 100_000, sliceUs: 50_000 };
    expect(await anna.request({ kind: 'set', process, ...changed, cpu: 1 })).toMatchObject({ ...changed, cpu: 1 });
    await world.host.elapse(1000);
    expect(await anna.request({ kind: 'list' })).toMatchObject({
      scheduler: { backend: 'emulated', cpus: [0, 1] },
      tasks: [{ process, user: 'anna', ...changed, mode: 'strict', isPaused: false, cpu: 1, periods: 10, missed: 0 }],
      vms: [],
    });
    expect(await anna.request({ kind: 'pause', process })).toMatchObject({ kind: 'granted', ...changed });
    expect(await anna.request({ kind: 'list' })).toMatchObject({ tasks: [{ isPaused: true, ...changed }] });
    expect(await anna.request({ kind: 'resume', process })).toMatchObject({ kind: 'granted', ...changed });
    expect(await anna.request({ kind: 'list' })).toMatchObject({ tasks: [{ isPaused: false, ...changed }] });
    expect(await anna.request({ kind: 'release', process })).toMatchObject({ kind: 'released' });
    expect(await anna.request({ kind: 'list' })).toMatchObject({ tasks: [] });
    expect(world.host.isOrdinary(process)).toBe(true);
  });

  it('is told by how much a schedule does not fit, and what would', async () => {
    const process = await world.start('anna');
    const anna = await as(world.anna);
    const whole = { periodUs: 100_000, sliceUs: 95_000, mode: 'strict' as const };
    expect(await anna.request({ kind: 'admit', process, ...whole })).toMatchObject({
      ...{ kind: 'refused', reason: 'overfull', excessPpm: 50_000, nearest: { periodUs: 100_000, sliceUs: 90_000 } },
      message: expect.stringContaining('processor 1 lacks 5.00 %'),
    });
    expect(await anna.request({ kind: 'set', process, ...third })).toMatchObject({ reason: 'not-scheduled' });
    expect(await anna.request({ kind: 'release', process })).toMatchObject({ reason: 'not-scheduled' });
    await anna.request({ kind: 'admit', process, ...third });
    expect(await anna.request({ kind: 'admit', process, ...third })).toMatchObject({ reason: 'already-scheduled' });
    const conserving = { ...third, mode: 'work-conserving' as const };
    expect(await anna.request({ kind: 'set', process, ...conserving })).toMatchObject({ reason: 'unsupported' });
  });

  it('cannot touch processes of others, which are refused as if they were not there', async () => {
    const [other, ofRoot] = [await world.start('bruno'), await world.start('root')];
    const [anna, bruno] = [await as(world.anna), await as(world.bruno)];
    await bruno.request({ kind: 'admit', process: other, ...third });
    const before = await world.picture();
    const absent = { pid: 4_000_000, startTicks: 1, bootId: 'virtual' };
    for (const process of [other, ofRoot, absent, { ...other, startTicks: 1 }]) {
      for (const ask of [
        { kind: 'admit', process, ...third },
        { kind: 'set', process, ...third },
        { kind: 'pause', process },
        { kind: 'resume', process },
        { kind: 'release', process },
      ] as const) {
        expect(await anna.request(ask)).toEqual({
          ...{ kind: 'refused', number: expect.any(Number), reason: 'gone' },
          message: `there is no process ${process.pid} that this key may schedule: look with \`virtuoso vsched find\``,
        });
      }
      expect(await anna.request({ kind: 'identify', pid: process.pid })).toMatchObject({
        kind: 'found',
        processes: [],
      });
    }
    expect(await anna.request({ kind: 'list' })).toMatchObject({ tasks: [] });
    expect(await world.picture()).toBe(before);
  });

  it('is refused a process whose number has been used again, by the same user or another', async () => {
    const [mine, theirs] = [await world.start('anna'), await world.start('anna')];
    await world.recycle(mine, 'anna');
    await world.recycle(theirs, 'bruno');
    const anna = await as(world.anna);
    const reason = async (process: typeof mine) => anna.request({ kind: 'admit', process, ...third });
    expect(await reason(mine)).toMatchObject({ kind: 'refused', reason: 'other-process' });
    expect(await reason(theirs)).toMatchObject({ kind: 'refused', reason: 'gone' });
    expect(await reason({ ...mine, startTicks: mine.startTicks + 7, bootId: 'earlier' })).toMatchObject({
      reason: 'other-process',
    });
    expect(await world.host.backend.tasks()).toEqual([]);
  });

  it('cannot touch what the host needs, nor processes of VMs', async () => {
    world.operators.push({ key: world.anna.pin, user: 'root' });
    const vital = await world.start('root', { isVital: true });
    const ofVm = await world.start('root');
    world.guests.set('vm-1', [ofVm]);
    await world.vsched.enforce();
    const anna = await as(world.anna);
    expect(await anna.request({ kind: 'admit', process: vital, ...third })).toMatchObject({ reason: 'unsupported' });
    for (const kind of ['pause', 'release'] as const)
      expect(await anna.request({ kind, process: ofVm })).toMatchObject({ reason: 'of-a-vm' });
    expect(await anna.request({ kind: 'admit', process: ofVm, ...third })).toMatchObject({ reason: 'of-a-vm' });
    expect(await anna.request({ kind: 'list' })).toMatchObject({ tasks: [] });
  });

  it('has root only if that is stated', async () => {
    const process = await world.start('root');
    world.operators = [{ key: world.anna.pin, user: 'toor' }];
    const anna = await as(world.anna);
    expect(await anna.request({ kind: 'admit', process, ...third })).toMatchObject({ reason: 'gone' });
    world.operators.push({ key: world.anna.pin, user: 'root' });
    expect(await anna.request({ kind: 'admit', process, ...third })).toMatchObject({ kind: 'granted' });
  });

  it('is told nothing that steers a terminal', async () => {
    await world.start('anna', { name: '\u001b[2Jx', command: `a\u0007b\u202e${'c'.repeat(1000)}` });
    const anna = await as(world.anna);
    const found = await anna.request({ kind: 'find', text: '' });
    expect(found).toMatchObject({ processes: [{ name: '?[2Jx', command: `a?b?${'c'.repeat(196)}` }] });
  });
});

describe('a user of a VM', () => {
  it('sees it with its bounds, changes it at once, and gives it back what is stated', async () => {
    const user = await as(world.user);
    const stated = { statedPeriodUs: 100_000, statedSliceUs: 20_000 };
    const vm = { vm: 'vm-1', ...stated, periodUs: 100_000, sliceUs: 20_000 };
    const { bounds } = world.schedule('vm-1', world.user.pin);
    expect(await user.request({ kind: 'list' })).toMatchObject({ tasks: [], vms: [{ ...vm, bounds }] });
    const chosen = { periodUs: 50_000, sliceUs: 20_000 };
    expect(await user.request({ kind: 'adjust', vm: 'vm-1', ...chosen })).toMatchObject({ kind: 'granted', ...chosen });
    expect(await user.request({ kind: 'list' })).toMatchObject({ vms: [{ ...vm, ...chosen }] });
    const [kept] = await world.vsched.current();
    expect(kept).toMatchObject({ ...chosen, ...{ periodUs: 100_000, sliceUs: 20_000 } });
    expect(kept?.adjusted).toEqual({ ...chosen, ...stated, key: world.user.pin, atMs: world.nowMs });
    expect(await user.request({ kind: 'restore', vm: 'vm-1' })).toMatchObject({ kind: 'granted', sliceUs: 20_000 });
    expect(await user.request({ kind: 'list' })).toMatchObject({ vms: [vm] });
  });

  it('sees the account of its process', async () => {
    world.guests.set('vm-1', [await world.start('root')]);
    await world.vsched.enforce();
    await world.host.elapse(1000);
    const user = await as(world.user);
    expect(await user.request({ kind: 'list' })).toMatchObject({
      vms: [{ deliveredUs: 200_000, periods: 10, missed: 0 }],
    });
  });

  it('is refused what is beyond its bounds or does not fit, and other VMs as if they were not there', async () => {
    const user = await as(world.user);
    const before = await world.vsched.current();
    const adjust = (vm: string, periodMs: number, sliceMs: number) =>
      user.request({ kind: 'adjust', vm, periodUs: periodMs * 1000, sliceUs: sliceMs * 1000 });
    expect(await adjust('vm-1', 100, 60)).toMatchObject({
      ...{ kind: 'refused', reason: 'out-of-bounds' },
      message: expect.stringContaining('periods of 50000 to 200000 us, slices of 10 to 50 % of them'),
    });
    expect(await adjust('vm-1', 300, 60)).toMatchObject({ reason: 'out-of-bounds' });
    const named = (vm: string) => ({
      reason: 'unknown-vm',
      message: expect.stringMatching(`there is no ${vm} on this host`),
    });
    expect(await adjust('vm-2', 100, 20)).toMatchObject(named('vm-2'));
    expect(await adjust('vm-9', 100, 20)).toMatchObject(named('vm-9'));
    expect(await user.request({ kind: 'restore', vm: 'vm-2' })).toMatchObject(named('vm-2'));
    expect(await world.vsched.current()).toEqual(before);
    const [hog, bruno] = [await world.start('bruno'), await as(world.bruno)];
    await bruno.request({ kind: 'admit', process: hog, periodUs: 100_000, sliceUs: 40_000, mode: 'strict', cpu: 0 });
    expect(await adjust('vm-1', 100, 50)).toMatchObject({
      ...{ reason: 'overfull', excessPpm: 200_000, nearest: { periodUs: 100_000, sliceUs: 30_000 } },
    });
    expect(await world.vsched.current()).toEqual(before);
  });

  it('has no processes', async () => {
    const process = await world.start('anna');
    const user = await as(world.user);
    expect(await user.request({ kind: 'find', text: '' })).toMatchObject({ processes: [] });
    expect(await user.request({ kind: 'admit', process, ...third })).toMatchObject({ reason: 'gone' });
  });
});

describe('who', () => {
  it('is nobody is told nothing, and the agent says so once in a while', async () => {
    await world.start('anna');
    const stranger = { url: world.url, agentKey: world.agent.pin };
    for (let turn = 0; turn < 3; turn++) {
      expect(await connectVsched(stranger, world.stranger)).toEqual({
        ...{ kind: 'refused', reason: 'stranger' },
        message: expect.stringContaining('Nobody has granted this key anything here'),
      });
    }
    expect(world.logged).toEqual([
      `A stranger with the key ${world.stranger.pin} asked for schedules and was refused.`,
    ]);
  });

  it('has had its grant taken away is a stranger at its next request', async () => {
    const process = await world.start('anna');
    const anna = await as(world.anna);
    world.operators = [];
    expect(await anna.request({ kind: 'admit', process, ...third })).toMatchObject({
      kind: 'lost',
      reason: 'stranger',
    });
    expect(await world.host.backend.tasks()).toEqual([]);
  });

  it('has had its grant taken away loses its schedules; those of VMs and of others stay', async () => {
    const [annas, brunos, ofVm] = [await world.start('anna'), await world.start('bruno'), await world.start('root')];
    world.guests.set('vm-1', [ofVm]);
    await world.vsched.enforce();
    for (const process of [annas, brunos]) await world.host.backend.admit(process, third);
    const scheduled = async () => (await world.host.backend.tasks()).map(({ process }) => process);
    expect(await releaseWithdrawn(world.requests)).toEqual([]);
    const [, bruno] = world.operators;
    const unknown = { key: world.bruno.pin, user: 'nobody-here' };
    world.operators = bruno ? [bruno, unknown] : [];
    expect(await releaseWithdrawn(world.requests)).toEqual([]);
    world.operators = bruno ? [bruno] : [];
    expect(await releaseWithdrawn(world.requests)).toEqual([annas.pid]);
    expect(await scheduled()).toEqual([brunos, ofVm]);
  });

  it('expects another agent does not go on', async () => {
    const elsewhere = { url: world.url, agentKey: world.stranger.pin };
    expect(await connectVsched(elsewhere, world.anna)).toMatchObject({
      message: expect.stringContaining('does not hold the key'),
    });
  });

  it('changed what is written down, and so is what was refused', async () => {
    const process = await world.start('anna');
    const [anna, user] = [await as(world.anna), await as(world.user)];
    await anna.request({ kind: 'find', text: '' });
    await anna.request({ kind: 'admit', process, ...third });
    await user.request({ kind: 'adjust', vm: 'vm-1', periodUs: 100_000, sliceUs: 60_000 });
    await user.request({ kind: 'release', process });
    const [atMs, object] = [world.nowMs, `${process.pid}@${process.startTicks}`];
    const [annas, users] = [world.anna.pin, world.user.pin];
    expect(world.changes).toEqual([
      { atMs, key: annas, verb: 'admit', object, periodUs: 30_000, sliceUs: 10_000, outcome: 'granted' },
      {
        atMs,
        key: users,
        verb: 'adjust',
        object: 'vm/vm-1',
        periodUs: 100_000,
        sliceUs: 60_000,
        outcome: 'out-of-bounds',
      },
      { atMs, key: users, verb: 'release', object, outcome: 'gone' },
    ]);
  });
});
