import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converge } from '../../../agents/converge.js';
import type { ProcessIdentity } from '../../../agents/linux/process-identity.js';
import { look } from '../../../agents/look.js';
import { HostVsched } from '../../../agents/vsched/host-vsched.js';
import type { SchedulerAbility } from '../../../agents/vsched/scheduler-backend.js';
import type { HostClock, VmSchedule } from '../../../schema/generated/types.js';
import { plainSubstrate } from '../plain-substrate.js';
import { VirtualWorld } from './virtual-world.js';
import { vschedContract } from './vsched-contract.js';

class GuestWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'virtuoso-vsched-'));
  readonly capacityPpm = 900_000;
  readonly host: VirtualWorld;
  readonly guests = new Map<string, ProcessIdentity[]>();
  readonly now = { monotonicUs: 1e9, realtimeAheadUs: 1e15 };
  readonly vsched: HostVsched;

  constructor(change: Partial<SchedulerAbility> = {}) {
    this.host = new VirtualWorld([2, 3], change);
    this.vsched = this.open();
  }

  /** As an agent does that was started again. */
  open(): HostVsched {
    return new HostVsched({
      ...{ host: 'host-1', backend: this.host.backend, adjustmentsPath: join(this.folder, 'adjusted.json') },
      processes: async () => this.guests,
      clocks: () => this.now,
    });
  }

  async start(vm: string): Promise<ProcessIdentity> {
    const process = await this.host.start();
    this.guests.set(vm, [...(this.guests.get(vm) ?? []), process]);
    return process;
  }

  async tasks(): Promise<string[]> {
    const tasks = await this.host.backend.tasks();
    return tasks.map(({ vm, process, schedule, cpu }) => `${vm} ${process.pid}: ${schedule.sliceUs / 1000} on ${cpu}`);
  }

  async close(): Promise<void> {
    await this.host.close();
    rmSync(this.folder, { recursive: true });
  }
}

vschedContract('a host with a scheduler', () => new GuestWorld());

describe('a host that schedules processes', () => {
  let world: GuestWorld;
  let vsched: HostVsched;
  beforeEach(() => {
    world = new GuestWorld();
    vsched = world.vsched;
  });
  afterEach(() => world.close());

  const schedule = (vm: string, sliceMs: number, cpu = 0): VmSchedule => ({
    ...{ vm, cpus: [cpu], periodUs: 100_000, sliceUs: sliceMs * 1000, mode: 'strict' },
  });
  const own = (sliceMs: number) => ({ periodUs: 100_000, sliceUs: sliceMs * 1000, mode: 'strict' as const });

  it('schedules the process of a guest when it is there, and no longer than it is to', async () => {
    await vsched.keep([schedule('vm-1', 30, 1)]);
    expect(await vsched.enforce()).toEqual([]);
    expect(await world.tasks()).toEqual([]);
    const process = await world.start('vm-1');
    expect(await vsched.enforce()).toEqual([]);
    expect(await world.tasks()).toEqual(['vm-1 100: 30 on 3']);
    await vsched.keep([schedule('vm-1', 40, 1)]);
    expect(await world.tasks()).toEqual(['vm-1 100: 40 on 3']);
    await vsched.keep([]);
    expect(world.host.isOrdinary(process)).toBe(true);
  });

  it('schedules the new process of a guest that has started again', async () => {
    await vsched.keep([schedule('vm-1', 80)]);
    await world.host.end(await world.start('vm-1'));
    await vsched.enforce();
    world.guests.delete('vm-1');
    await world.start('vm-1');
    await vsched.enforce();
    expect(await world.tasks()).toEqual(['vm-1 101: 80 on 2']);
  });

  it('makes the process of a guest that leaves ordinary, and keeps its share', async () => {
    const process = await world.start('vm-1');
    await vsched.keep([schedule('vm-1', 80)]);
    await vsched.enforce();
    expect(await vsched.letGo('vm-1')).toEqual([]);
    expect(world.host.isOrdinary(process)).toBe(true);
    const refused = await world.host.backend.admit(await world.host.start(), own(20), 2);
    expect(refused).toMatchObject({ kind: 'overfull', nearest: own(10) });
    world.guests.delete('vm-1');
    expect(await vsched.enforce()).toEqual([]);
    expect(await vsched.current()).toEqual([schedule('vm-1', 80)]);
  });

  it('shares processors between guests that are here, guests that are not, and other processes', async () => {
    await world.start('vm-1');
    await vsched.keep([schedule('vm-1', 30), schedule('vm-2', 30)]);
    await vsched.enforce();
    const { backend } = world.host;
    const process = await world.host.start();
    expect(await backend.admit(process, own(40), 2)).toMatchObject({ kind: 'overfull', nearest: own(30) });
    expect(await backend.admit(process, own(30), 2)).toMatchObject({ kind: 'granted' });
    const [fault] = await vsched.keep([schedule('vm-1', 31), schedule('vm-2', 30)]);
    expect(fault?.message).toMatch(/processor 2 lacks 1.00 % .*; 30 ms in every 100 ms would fit/);
    expect(await backend.set(process, own(60))).toMatchObject({ kind: 'granted', cpu: 3 });
    expect(await vsched.keep([schedule('vm-1', 60), schedule('vm-2', 30)])).toEqual([]);
  });

  it('lets nobody change the schedule of a guest by its process', async () => {
    const process = await world.start('vm-1');
    await vsched.keep([schedule('vm-1', 30)]);
    await vsched.enforce();
    const { backend } = world.host;
    for (const attempt of [backend.admit(process, own(20)), backend.set(process, own(20)), backend.release(process)])
      expect(await attempt).toMatchObject({ kind: 'already-scheduled', message: expect.stringMatching(/of vm-1/) });
    expect(await world.tasks()).toEqual(['vm-1 100: 30 on 2']);
  });

  it('says so when the process of a guest has a schedule of its own already', async () => {
    const process = await world.start('vm-1');
    await world.host.backend.admit(process, own(20));
    await vsched.keep([schedule('vm-1', 30)]);
    const [fault] = await vsched.enforce();
    expect(fault?.message).toMatch(/vm-1 is not in force on host-1: process 100 has a schedule: .*release it first/);
    await world.host.backend.release(process);
    expect(await vsched.enforce()).toEqual([]);
  });

  it('changes places of processes on processors that are full all the time', async () => {
    for (const vm of ['vm-1', 'vm-2', 'vm-3']) await world.start(vm);
    await vsched.keep([schedule('vm-1', 90), schedule('vm-2', 60, 1), schedule('vm-3', 30, 1)]);
    await vsched.enforce();
    expect(await vsched.keep([schedule('vm-1', 90, 1), schedule('vm-2', 30), schedule('vm-3', 60)])).toEqual([]);
    expect(await world.tasks()).toEqual(['vm-1 100: 90 on 3', 'vm-2 101: 30 on 2', 'vm-3 102: 60 on 2']);
    expect(await vsched.keep([schedule('vm-1', 90, 1), schedule('vm-2', 70), schedule('vm-3', 20)])).toEqual([]);
    expect(await world.tasks()).toEqual(['vm-1 100: 90 on 3', 'vm-2 101: 70 on 2', 'vm-3 102: 20 on 2']);
  });

  it('undoes all that it changed when the system refuses one', async () => {
    for (const vm of ['vm-1', 'vm-2', 'vm-3']) await world.start(vm);
    const first = [schedule('vm-1', 60), schedule('vm-2', 30), schedule('vm-3', 50, 1)];
    await vsched.keep(first);
    await vsched.enforce();
    const before = await world.tasks();
    world.host.denied.add(102);
    const faults = await vsched.keep([schedule('vm-1', 20, 1), schedule('vm-2', 80), schedule('vm-3', 60, 1)]);
    expect(faults).toEqual([
      { kind: 'schedule', subject: 'vm-3', message: 'host-1 cannot keep the schedule of vm-3: the system says no.' },
    ]);
    expect(await world.tasks()).toEqual(before);
    expect(await vsched.current()).toEqual(first);
  });

  it('tries again what the system refused, and keeps the others meanwhile', async () => {
    world.host.denied.add((await world.start('vm-1')).pid);
    await world.start('vm-2');
    await vsched.keep([schedule('vm-1', 30), schedule('vm-2', 30)]);
    expect(await vsched.enforce()).toEqual([
      {
        kind: 'schedule',
        subject: 'vm-1',
        message: 'The schedule of vm-1 is not in force on host-1: the system says no.',
      },
    ]);
    expect(await world.tasks()).toEqual(['vm-2 101: 30 on 2']);
    world.host.denied.clear();
    expect(await vsched.enforce()).toEqual([]);
    expect(await world.tasks()).toEqual(['vm-1 100: 30 on 2', 'vm-2 101: 30 on 2']);
  });

  it('says which processes of a guest are not scheduled', async () => {
    const first = await world.start('vm-1');
    await world.start('vm-1');
    await vsched.keep([schedule('vm-1', 30)]);
    const message = async () => (await vsched.enforce())[0]?.message;
    expect(await message()).toMatch(/^100.*, 101.* of vm-1 on host-1 are ordinary processes: .*or end the others/);
    expect(await world.tasks()).toEqual([]);
    world.guests.set('vm-1', [first]);
    expect(await message()).toBeUndefined();
    await world.start('vm-1');
    expect(await message()).toMatch(/^102.* of vm-1 on host-1 are ordinary processes beside 100/);
    expect(await world.tasks()).toEqual(['vm-1 100: 30 on 2']);
  });

  it('refuses gangs of threads, and phases that the backend does not keep', async () => {
    const gang = { ...schedule('vm-1', 30), cpus: [0, 1] };
    expect((await vsched.keep([gang]))[0]?.message).toMatch(/of a gang of 2 threads, and .* leave gang out/);
    const phased = { ...schedule('vm-1', 30), phaseUs: 0 };
    expect((await vsched.keep([phased]))[0]?.message).toMatch(/keeps no phases/);
  });

  it('keeps phases on the common clock, and where they were if what is new is refused', async () => {
    const gang = new GuestWorld({ hasPhases: true });
    await gang.start('vm-1');
    const phase = async () => (await gang.host.backend.tasks())[0]?.schedule.phaseUs;
    const phased = { ...schedule('vm-1', 30), phaseUs: 5000 };
    const clock: HostClock = { aheadUs: 700, boundUs: 50, driftPpm: 0, atUs: 1e9, realtimeAheadUs: 1e15 };
    await gang.vsched.follow(clock);
    await gang.vsched.keep([phased]);
    await gang.vsched.enforce();
    expect(await phase()).toBe(5700);
    gang.now.realtimeAheadUs += 2000;
    expect(await gang.vsched.keep([phased, schedule('vm-2', 61)])).toHaveLength(2);
    expect(await phase()).toBe(5700);
    expect(await gang.vsched.enforce()).toEqual([]);
    expect(await phase()).toBe(7700);
    await gang.close();
  });

  it('has its agent report what is kept, and what is not in force', async () => {
    const substrate = { ...plainSubstrate(), vsched };
    const empty = { networks: [], links: [], guests: [], departures: [], removals: [], rules: [] };
    const state = { host: 'host-1', generation: 1, samplingIntervalMs: 1000, ...empty };
    const view = { host: 'host-1', boot: '', sequence: 0, generation: 1, nowMs: 0 };
    await world.start('vm-1');
    expect(await converge(substrate, { ...state, schedules: [schedule('vm-1', 30)] })).toEqual([]);
    expect(await look(substrate, view, [])).toMatchObject({ schedules: [schedule('vm-1', 30)], faults: [] });
    expect(await world.tasks()).toEqual(['vm-1 100: 30 on 2']);
    await world.start('vm-1');
    expect((await look(substrate, view, [])).faults).toMatchObject([{ kind: 'schedule', subject: 'vm-1' }]);
  });

  it('remembers what a user chose when the agent starts again', async () => {
    const key = `sha256:${'A'.repeat(43)}=`;
    const stated = { ...schedule('vm-1', 30), bounds: [range(key)] };
    const adjusted = { ...own(50), key, atMs: 7, statedPeriodUs: stated.periodUs, statedSliceUs: stated.sliceUs };
    const { mode: _, ...choice } = adjusted;
    await world.start('vm-1');
    await vsched.keep([stated]);
    await vsched.enforce();
    expect(await vsched.adjust('vm-1', choice)).toEqual({ kind: 'granted' });
    expect(await world.tasks()).toEqual(['vm-1 100: 50 on 2']);
    const next = world.open();
    expect(await next.keep([stated])).toEqual([]);
    expect(await next.current()).toEqual([{ ...stated, adjusted: choice }]);
  });
});

const range = (key: string) => ({
  ...{ key, leastPeriodUs: 10_000, mostPeriodUs: 1_000_000 },
  ...{ leastPpm: 10_000, mostPpm: 900_000 },
});
