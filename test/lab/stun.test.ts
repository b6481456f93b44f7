import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { namespacePath } from '../../agents/linux/namespace.js';
import { processesInNamespaces } from '../../agents/linux/processes.js';
import { startApplication } from '../../lab/iperf.js';
import type { LinkEnd, LinkReport } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type NatHost, type NatWorld, natAddresses, natHosts, natWorld, stunServer } from './nat-world.js';

const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'nftables', 'ping', 'iperf3'] as const;
const port = 3479;
const other = (host: NatHost): NatHost => (host === 'a' ? 'b' : 'a');

describeLab('stun links between hosts behind NATs', needs, () => {
  let world: NatWorld;
  let server = stunServer;
  /** Whether the peers have been told of each other's public ends. */
  let told = false;

  const linkEnd = (host: NatHost): LinkEnd => {
    const { publicAddress, publicPort, local: far } = natAddresses[other(host)];
    const known = told ? { remote: publicAddress, remotePort: publicPort } : { remote: far };
    const { local } = natAddresses[host];
    return { peer: other(host), type: 'stun', local, port, stun: server, ...known };
  };
  const be = async (host: NatHost, isMember = true): Promise<void> => {
    const star: Star = {
      network: { name: 'lan', vni: 77, mtu: 1400, proxy: 'a' },
      hosts: ['a', 'b'],
      placement: [
        { guest: guestSpec(1, 'lan'), host: 'a' },
        { guest: guestSpec(2, 'lan'), host: 'b' },
      ],
      linkEnd: (each) => linkEnd(each as NatHost),
    };
    const nothing = { networks: [], links: [], guests: [], rules: [] };
    const wanted = isMember ? starHost(star, host) : nothing;
    const removals = isMember ? [] : star.placement.filter((each) => each.host === host).map(({ guest }) => guest.name);
    const order = { host, generation: 1, samplingIntervalMs: 1000, departures: [], removals, ...wanted };
    expect(await converge(world.substrate(host), order)).toEqual([]);
  };
  const link = async (host: NatHost): Promise<LinkReport | undefined> =>
    (await world.substrate(host).vnet.current()).links[0];
  const trouble = async (host: NatHost): Promise<string> => (await link(host))?.trouble ?? '';
  const areUp = async (): Promise<boolean[]> =>
    Promise.all(natHosts.map(async (host) => (await link(host))?.up ?? false));
  const ping = (...more: string[]): string =>
    world.run(world.names.guest('vm-1'), 'ping', '-c', '10', '-i', '0.05', '-W', '2', ...more, '10.99.0.2');
  const clients = (host: NatHost): number[] => processesInNamespaces([namespacePath(world.names.host(host))]);

  beforeAll(async () => {
    world = await natWorld();
  }, 60_000);
  afterAll(() => world?.close());

  it('say that the STUN server does not answer', async () => {
    server = { ...stunServer, port: 9 };
    await be('a');
    await expect
      .poll(() => trouble('a'), { timeout: 15_000 })
      .toMatch(/STUN server 203\.0\.113\.254:9 has not answered.*refused.*10\.1\.0\.2:3479/);
    expect(await world.substrate('a').vnet.endpoints?.()).toEqual([]);
    server = stunServer;
  });

  it('find out how the NATs show them, and wait for each other', async () => {
    for (const host of natHosts) await be(host);
    for (const host of natHosts) {
      const { local, publicAddress, publicPort } = natAddresses[host];
      await expect
        .poll(() => world.substrate(host).vnet.endpoints?.(), { timeout: 15_000 })
        .toEqual([{ local, port, publicAddress, publicPort }]);
      expect(await trouble(host)).toContain(`Waiting for the peer's address: ${other(host)}`);
    }
  });

  it('carry once both know where the other is', async () => {
    told = true;
    for (const host of natHosts) await be(host);
    await expect.poll(areUp, { timeout: 15_000 }).toEqual([true, true]);
    expect(ping()).toContain(' 0% packet loss');
    expect(ping('-s', '1372', '-M', 'do')).toContain(' 0% packet loss');
  });

  it('carry bulk TCP both ways, in offloaded frames', async () => {
    const flows = [
      { source: 'vm-1', destination: 'vm-2', rateMbps: 2000 },
      { source: 'vm-2', destination: 'vm-1', rateMbps: 2000 },
    ];
    const application = await startApplication(world.names, flows, (guest) => `10.99.0.${guest.slice(3)}`);
    const { flows: measured } = await application.measure(3);
    const failures = application.failures();
    await application.stop();
    expect(failures).toEqual([]);
    // Super-frames that lost their offload, or segments with wrong checksums, would leave next to nothing.
    for (const { throughputMbps } of measured) expect(throughputMbps).toBeGreaterThan(20);
  });

  it('go on when the agents start again, by the same clients', async () => {
    const before = natHosts.map(clients);
    for (const host of natHosts) await world.restart(host);
    expect(ping()).toContain(' 0% packet loss');
    for (const host of natHosts) await be(host);
    expect(natHosts.map(clients)).toEqual(before);
    expect(ping()).toContain(' 0% packet loss');
    expect((await world.substrate('a').vnet.endpoints?.())?.length).toBe(1);
  });

  it('go on when the clients are killed', async () => {
    const before = clients('a');
    const stun = before.filter((pid) => world.run(world.names.host('a'), 'cat', `/proc/${pid}/comm`).includes('stun'));
    expect(stun.length).toBe(1);
    for (const pid of stun) process.kill(pid, 'SIGKILL');
    expect(ping()).toContain(' 0% packet loss');
    await expect.poll(async () => (await world.substrate('a').vnet.endpoints?.())?.length, { timeout: 15_000 }).toBe(1);
    expect(clients('a').some((pid) => stun.includes(pid))).toBe(false);
  });

  it('leave nothing behind', async () => {
    for (const host of natHosts) {
      await be(host, false);
      expect(clients(host)).toEqual([]);
      expect(world.run(world.names.host(host), 'tc', 'qdisc', 'show', 'dev', 'eth0')).not.toContain('clsact');
      expect(existsSync(join(world.names.stateFolder, host, 'stun'))).toBe(false);
    }
  });
});
