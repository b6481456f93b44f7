import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { deviceIndex } from '../../agents/linux/device.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { portDevice } from '../../agents/vmm/netns-guest.js';
import { down } from '../../lab/down.js';
import { startApplication } from '../../lab/iperf.js';
import { isEmpty, leftovers } from '../../lab/leftovers.js';
import { type LabProcess, startProcess } from '../../lab/process.js';
import { up } from '../../lab/up.js';
import type { Departure } from '../../schema/generated/types.js';
import { Stage } from '../agents/contract/stage.js';
import { guestSpec, type StarHost, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

describeLab('what a SIGKILL leaves', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'iperf3'], () => {
  let world: LabWorld | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });

  /** An agent process on a host; resolves when it has opened its substrate and converged once. */
  const agent = async ({ names }: LabWorld, host: string, state: StarHost, departures: Departure[] = []) => {
    const order = { host, generation: 1, samplingIntervalMs: 1000, departures, removals: [] };
    const file = join(names.stateFolder, `${host}.wanted.json`);
    writeFileSync(file, JSON.stringify({ ...order, ...state }));
    const program = fileURLToPath(import.meta.resolve('./agent-process.ts'));
    const args = ['--import', import.meta.resolve('tsx'), program, names.lab, host, file];
    return startProcess(names, { namespace: names.host(host), command: process.execPath, args });
  };
  const kill = async ({ pid, ended }: LabProcess): Promise<void> => {
    process.kill(pid, 'SIGKILL');
    await ended;
  };
  /** Hosts in whose namespace the guest's port is. */
  const whereabouts = ({ names, hosts }: LabWorld, guest: string): string[] =>
    hosts.filter((host) => {
      const namespace = new NetworkNamespace(namespacePath(names.host(host)));
      const there = namespace.within(() => deviceIndex(portDevice(guest))) !== undefined;
      namespace.close();
      return there;
    });

  it('of an agent: forwarding goes on', async () => {
    world = await labWorld(oneSite(3));
    const stage = new Stage(world);
    const star = stage.star();
    await stage.build(star);
    const [a] = stage.hosts;
    await world.substrate(a).close();
    const doomed = await agent(world, a, starHost(star, a));
    if (doomed.output) await once(doomed.output, 'data');
    await kill(doomed);
    expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual(['vm-3']);
    await world.restart(a);
    expect(await stage.phases('vm-1')).toEqual({ [a]: 'running' });
  });

  it('of the host that is left, at any moment of a migration: the guest is on exactly one host, and arrives', async () => {
    const here = await labWorld(oneSite(3));
    world = here;
    const stage = new Stage(here);
    const { from, to, guest } = await stage.beforeMove();
    const [, b, c] = stage.hosts;
    // The delays straddle the move: an agent takes some 400 to 800 ms to start and then moves the guest at once.
    for (const delayMs of [300, 450, 550, 650, 800, 1200]) {
      await stage.converge(c, to);
      const leaving = await agent(world, b, from, [{ guest: guest.name, to: c }]);
      await sleep(delayMs);
      await kill(leaving);
      // Hosts are looked at one after the other: a port on its way between two looks is on none.
      await expect.poll(() => whereabouts(here, guest.name)).toHaveLength(1);
      await world.restart(b);
      expect(await stage.converge(b, from, [{ guest: guest.name, to: c }])).toEqual([]);
      await stage.arrive(c, to, guest.name);
      expect(whereabouts(world, guest.name)).toEqual([c]);
      expect(await stage.phases(guest.name)).toEqual({ [c]: 'running' });
      const back: StarHost = { ...from, guests: [{ ...guest, from: c }] };
      await stage.converge(b, back);
      const without = { ...to, guests: to.guests.filter(({ name }) => name !== guest.name) };
      expect(await stage.converge(c, without, [{ guest: guest.name, to: b }])).toEqual([]);
      await stage.arrive(b, back, guest.name);
    }
  }, 60_000);

  it('of the host that awaits a guest, at any moment of a migration: likewise', async () => {
    const here = await labWorld(oneSite(3));
    world = here;
    const stage = new Stage(here);
    const { from, to, guest } = await stage.beforeMove();
    const [, b, c] = stage.hosts;
    for (const delayMs of [400, 550, 700, 1000]) {
      await world.substrate(c).close();
      const awaiting = await agent(world, c, to);
      const dying = sleep(delayMs).then(() => kill(awaiting));
      await stage.converge(b, from, [{ guest: guest.name, to: c }]);
      await dying;
      // Hosts are looked at one after the other: a port on its way between two looks is on none.
      await expect.poll(() => whereabouts(here, guest.name)).toHaveLength(1);
      await world.restart(c);
      await stage.converge(c, to);
      expect(await stage.converge(b, from, [{ guest: guest.name, to: c }])).toEqual([]);
      await stage.arrive(c, to, guest.name);
      expect(await stage.phases(guest.name)).toEqual({ [c]: 'running' });
      expect(await stage.deliveredTo(guest.name, guestSpec(1, 'lan').mac)).toEqual(['vm-1']);
      const back: StarHost = { ...from, guests: [{ ...guest, from: c }] };
      await stage.converge(b, back);
      const without = { ...to, guests: to.guests.filter(({ name }) => name !== guest.name) };
      expect(await stage.converge(c, without, [{ guest: guest.name, to: b }])).toEqual([]);
      await stage.arrive(b, back, guest.name);
    }
  }, 60_000);

  it('of anything: down leaves nothing, and the lab can be built again', async () => {
    const broken = await labWorld(oneSite(3, 100));
    world = broken;
    const { lab } = broken.names;
    const stage = new Stage(broken);
    await stage.build(stage.star());
    const application = await startApplication(
      broken.names,
      [{ source: 'vm-1', destination: 'vm-2', rateMbps: 5 }],
      (name) => `10.99.0.${name.slice(3)}`,
    );
    const stuck = await startProcess(broken.names, {
      namespace: broken.names.control,
      command: 'sh',
      args: ['-c', 'trap "" TERM; while :; do sleep 1; done'],
    });
    const found = leftovers(lab);
    expect(found.namespaces).toHaveLength(8);
    expect(found.processes).toContain(stuck.pid);
    expect(found.processes.length).toBeGreaterThanOrEqual(3);
    expect(found.cores).toEqual(broken.hosts.map((host) => `${lab}/${host}`));
    expect(found.links.length).toBeGreaterThan(10);
    expect([found.mounts.length, found.folders.length]).toEqual([1, 1]);
    expect(await up(lab, oneSite(1))).toMatchObject({ kind: 'refused' });
    for (const host of broken.hosts) await broken.substrate(host).close();
    expect(isEmpty(await down(lab))).toBe(true);
    await stuck.ended;
    expect(application.failures()).not.toEqual([]);
    expect(isEmpty(await down(lab))).toBe(true);
    expect(await up(lab, oneSite(2))).toMatchObject({ kind: 'up' });
    expect(isEmpty(await down(lab))).toBe(true);
    world = undefined;
    broken.frames.close();
  });
});
