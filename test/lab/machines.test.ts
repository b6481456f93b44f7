import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { Fault, GuestSpec } from '../../schema/generated/types.js';
import { guestSpec, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { bootMs, machineSpec, TestConsole, testMachines } from '../machines/test-machines.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'tun', 'ping', 'qemu', 'testMachine'] as const;

describeLab('machines in the lab', needs, () => {
  let world: LabWorld;
  const [near, far] = [machineSpec(1), machineSpec(2)];
  const namespaced: GuestSpec = { ...guestSpec(3, 'lan'), address: '10.9.0.3/24' };
  const hosts = ['host-1', 'host-2'];
  const placement = [
    { guest: near, host: 'host-1' },
    { guest: far, host: 'host-2' },
    { guest: namespaced, host: 'host-1' },
  ];
  const stateOf = (host: string) => {
    const network = { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' };
    return starHost({ network, hosts, placement, linkEnd: world.linkEnd }, host);
  };
  const order = (host: string) => ({ host, generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] });
  const bring = (host: string): Promise<Fault[]> =>
    converge(world.substrate(host), { ...order(host), ...stateOf(host) });
  const console = (host: string, guest: string) => new TestConsole(join(world.names.stateFolder, host), guest);
  const processOf = async (host: string, guest: string) =>
    (await world.substrate(host).vmm.processes?.())?.get(guest)?.[0];

  beforeAll(async () => {
    world = await labWorld(oneSite(2), 'auto', undefined, testMachines());
    for (const host of hosts) expect(await bring(host)).toEqual([]);
  }, 2 * bootMs);
  afterAll(() => world?.close());

  it(
    'boot from the host state with their address, their Ethernet address, and the MTU of the network',
    async () => {
      const said = await console('host-1', 'vm-1').says(/TEST-MACHINE ready .*/);
      expect(said).toContain('ready address 10.9.0.1/24 mtu 1450 mac 02:56:00:00:00:01');
      await console('host-2', 'vm-2').says(/TEST-MACHINE ready address 10\.9\.0\.2/);
      expect(await world.substrate('host-1').vmm.current()).toContainEqual({ guest: near, phase: 'running' });
      expect(world.substrate('host-1').capabilities).toMatchObject({ drivers: ['netns', 'qemu'], accelerator: 'tcg' });
    },
    2 * bootMs,
  );

  it(
    'reach each other and guests that are namespaces over VNET',
    async () => {
      expect(await console('host-1', 'vm-1').run('ping -c 3 10.9.0.2')).toContain('3 packets received');
      const enter = [`--net=${namespacePath(world.names.guest('vm-3'))}`];
      for (const address of ['10.9.0.1', '10.9.0.2']) {
        const { stdout, status } = spawnSync('nsenter', [...enter, 'ping', '-c', '3', address], { encoding: 'utf8' });
        expect(status, stdout).toBe(0);
      }
      const large = ['ping', '-c', '2', '-M', 'do', '-s', '1422', '10.9.0.2'];
      expect(spawnSync('nsenter', [...enter, ...large], { encoding: 'utf8' }).stdout).toContain('2 received');
    },
    bootMs,
  );

  it('have one process each, without privileges, in a sandbox, as a user of their own', async () => {
    const users = await Promise.all(
      placement.slice(0, 2).map(async ({ host, guest }) => {
        const status = readFileSync(`/proc/${(await processOf(host, guest.name))?.pid}/status`, 'utf8');
        const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.split('\t');
        expect(field('CapEff')).toEqual(['0000000000000000']);
        expect(field('NoNewPrivs')).toEqual(['1']);
        expect(field('Seccomp')).toEqual(['2']);
        return field('Uid');
      }),
    );
    expect(new Set(users.flat()).size).toBe(2);
    expect(users.flat()).not.toContain('0');
  });

  it('tell what they use of the processors', async () => {
    const usage = await world.substrate('host-1').vmm.usage();
    expect(usage.find(({ guest }) => guest === 'vm-1')?.cpuMs).toBeGreaterThan(100);
  });

  it(
    'go on when their agent restarts: the same process, the same kernel',
    async () => {
      const before = await processOf('host-1', 'vm-1');
      expect(before).toBeDefined();
      await console('host-1', 'vm-1').run('echo kept >/run/mark');
      await world.restart('host-1');
      expect(await processOf('host-1', 'vm-1')).toEqual(before);
      expect(await bring('host-1')).toEqual([]);
      expect(await processOf('host-1', 'vm-1')).toEqual(before);
      expect(await world.substrate('host-1').vmm.current()).toContainEqual({ guest: near, phase: 'running' });
      expect(await console('host-1', 'vm-1').run('cat /run/mark; ping -c 1 10.9.0.2')).toMatch(
        /^kept\r?\n[\s\S]*1 packets received/m,
      );
    },
    bootMs,
  );
});
