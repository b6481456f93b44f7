import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { look } from '../../agents/look.js';
import { type LabProcess, startProcess } from '../../lab/process.js';
import type { HostState, VmSchedule } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { hogProgram, schedulingOf, usedNs } from '../agents/vsched/core-stage.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const processors = cpus().length;
/** Of the two hosts; the first processor has most of what a machine does beside. */
const own: Record<string, number> = { 'host-1': processors - 1, 'host-2': Math.max(0, processors - 2) };
const schedule: VmSchedule = { vm: 'vm-1', cpus: [0], periodUs: 100_000, sliceUs: 30_000, mode: 'strict' };

describeLab('schedules of guests in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'realtime'], () => {
  let world: LabWorld;
  let star: Star;
  let hog: LabProcess;
  let generation = 0;
  beforeAll(async () => {
    hogProgram();
    world = await labWorld(oneSite(2), 'auto', (host) => ({ choice: 'edf', cpus: [own[host] ?? 0] }));
    const network = { name: 'lan', vni: 78, mtu: 1450, proxy: 'host-1' };
    const placement = [{ guest: guestSpec(1, 'lan'), host: 'host-1' }];
    star = { network, hosts: world.hosts, placement, linkEnd: world.linkEnd };
  }, 120_000);
  afterAll(async () => {
    await hog?.end();
    await world?.close();
  });

  const told = async (host: string, change: Partial<HostState> = {}) => {
    generation += 1;
    const order = { host, generation, samplingIntervalMs: 1000, departures: [], removals: [] };
    const faults = await converge(world.substrate(host), { ...order, ...starHost(star, host), ...change });
    return seen(host, faults);
  };
  const seen = (host: string, faults: Awaited<ReturnType<typeof converge>> = []) =>
    look(world.substrate(host), { host, boot: '', sequence: 0, generation, nowMs: 0 }, faults);
  const tasks = async (host: string) => (await world.substrate(host).vsched?.backend?.tasks()) ?? [];
  const start = () =>
    startProcess(world.names, { namespace: world.names.guest('vm-1'), command: hogProgram(), args: ['1'] });
  /** Of a processor. */
  const share = async (): Promise<number> => {
    const [beforeNs, startMs] = [usedNs(hog.pid), performance.now()];
    await sleep(1500);
    return (usedNs(hog.pid) - beforeNs) / 1e6 / (performance.now() - startMs);
  };

  it('are told as what a host can do', () => {
    const { schedules } = world.substrate('host-1').capabilities;
    expect(schedules).toMatchObject({ backend: 'edf', guarantee: 'each-period', processors: 1 });
    expect(schedules?.overheadUs).toBeGreaterThan(0);
  });

  it('hold the process of a VM to its slices, as soon as it is there', async () => {
    expect((await told('host-1', { schedules: [schedule] })).faults).toEqual([]);
    hog = await start();
    const scheduled = async () => {
      await seen('host-1');
      return tasks('host-1');
    };
    await expect.poll(scheduled).toMatchObject([{ vm: 'vm-1', cpu: own['host-1'] }]);
    await sleep(200);
    expect(await share()).toBeGreaterThan(0.22);
    expect(await share()).toBeLessThan(0.34);
  });

  it('say which processes are not scheduled', async () => {
    const other = await start();
    await expect
      .poll(async () => (await seen('host-1')).faults[0]?.message)
      .toMatch(new RegExp(`^${other.pid} .* of vm-1 on host-1 are ordinary processes beside ${hog.pid} `));
    await other.end();
    await expect.poll(async () => (await seen('host-1')).faults).toEqual([]);
  });

  it('go with the VM to a processor of another host', async () => {
    const guests = [{ ...guestSpec(1, 'lan'), from: 'host-1' }];
    expect((await told('host-2', { guests, schedules: [schedule] })).faults).toEqual([]);
    const departures = [{ guest: 'vm-1', to: 'host-2' }];
    await told('host-1', { guests: [], departures, schedules: [schedule] });
    expect(await tasks('host-1')).toEqual([]);
    await told('host-1', { guests: [] });
    expect((await seen('host-2')).faults).toEqual([]);
    expect(await tasks('host-2')).toMatchObject([{ vm: 'vm-1', cpu: own['host-2'] }]);
    expect(schedulingOf(hog.pid).processors).toBe(String(own['host-2']));
  });

  it('end with the agent, and are kept again by the next one', async () => {
    star = { ...star, placement: [{ guest: guestSpec(1, 'lan'), host: 'host-2' }] };
    await world.substrate('host-2').vsched?.keep([]);
    const ordinary = schedulingOf(hog.pid);
    expect(ordinary.policies).toEqual([0]);
    await told('host-2', { schedules: [schedule] });
    expect(await tasks('host-2')).toHaveLength(1);
    await world.restart('host-2');
    expect(schedulingOf(hog.pid)).toMatchObject({ policies: [0], processors: ordinary.processors });
    await told('host-2', { schedules: [schedule] });
    expect(await tasks('host-2')).toMatchObject([{ vm: 'vm-1' }]);
  });
});
