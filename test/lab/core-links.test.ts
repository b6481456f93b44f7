import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import type { Substrate } from '../../agents/substrate.js';
import type { LinkEnd, LinkReport } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { identifiedSubstrate } from './identified-substrate.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const keepAliveMs = 400;

describeLab('links of the eBPF core', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'libssl'], () => {
  let world: LabWorld;
  let star: Star;
  const substrates = new Map<string, Substrate>();
  const guests = [1, 2, 3].map((n) => guestSpec(n, 'lan'));

  /** To the second host over TCP, whose frames pass a TAP device; to the third by VXLAN on a port of its own. */
  const linkEnd = (host: string, peer: string): LinkEnd => {
    const end = world.linkEnd(host, peer);
    if (host === 'host-3' || peer === 'host-3') return { ...end, port: 4790 };
    return { ...end, type: 'tcp', port: 7000, role: host === 'host-1' ? 'listen' : 'connect' };
  };
  const open = async (host: string): Promise<void> => {
    substrates.set(host, await identifiedSubstrate(world.names, host));
  };
  const substrate = (host: string): Substrate => {
    const found = substrates.get(host);
    if (!found) throw new Error(`no host ${host}`);
    return found;
  };
  const be = async (host: string): Promise<void> => {
    const order = { host, generation: 1, samplingIntervalMs: 1000, keepAliveMs, departures: [], removals: [] };
    expect(await converge(substrate(host), { ...order, ...starHost(star, host) })).toEqual([]);
  };
  const link = async (host: string, peer: string): Promise<LinkReport> => {
    const { links } = await substrate(host).vnet.current();
    const found = links.find((each) => each.link.peer === peer);
    if (!found) throw new Error(`${host} has no link to ${peer}`);
    return found;
  };
  const carried = async (host: string, peer: string) =>
    (await substrate(host).vnet.counters()).links.find((each) => each.peer === peer);
  const inside = (namespace: string, ...commands: string[]): void => {
    const entered = new NetworkNamespace(namespacePath(namespace));
    expect(entered.within(() => ip(commands))).toBeUndefined();
    entered.close();
  };
  const waitMs = { timeout: 20_000, interval: 50 };

  beforeAll(async () => {
    world = await labWorld(oneSite(3));
    star = {
      network: { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' },
      hosts: world.hosts,
      placement: guests.map((guest, index) => ({ guest, host: `host-${index + 1}` })),
      linkEnd,
    };
    for (const host of world.hosts) {
      await world.substrate(host).close();
      await open(host);
      await be(host);
    }
  }, 120_000);
  afterAll(async () => {
    for (const each of substrates.values()) await each.close();
    await world?.close();
  });

  it('are up at both ends once keep-alives are answered, over TAP devices and VXLAN alike', async () => {
    for (const peer of ['host-2', 'host-3']) {
      await expect.poll(async () => (await link('host-1', peer)).up, waitMs).toBe(true);
      await expect.poll(async () => (await link(peer, 'host-1')).up, waitMs).toBe(true);
      expect((await link('host-1', peer)).setUpMs).toBeGreaterThan(0);
    }
    const { bound } = await substrate('host-1').vnet.current();
    expect(bound?.links.map(({ type }) => type).sort()).toEqual(['tcp', 'udp']);
  });

  it('carry unicast and broadcasts from one kind to the other, and count what they carry', async () => {
    const [one, two, three] = guests.map(({ mac }) => mac);
    if (!one || !two || !three) throw new Error('unreachable');
    const before = await carried('host-1', 'host-2');
    for (let turn = 0; turn < 3; turn++) expect((await world.send('vm-3', two)).deliveredTo).toEqual(['vm-2']);
    expect((await carried('host-1', 'host-2'))?.sentBytes).toBe((before?.sentBytes ?? 0) + 3 * 60);
    expect((await world.send('vm-2', three)).deliveredTo).toEqual(['vm-3']);
    expect((await world.send('vm-2', one)).deliveredTo).toEqual(['vm-1']);
    expect((await world.send('vm-2', 'group')).deliveredTo.sort()).toEqual(['vm-1', 'vm-3']);
    expect((await world.send('vm-1', 'group')).deliveredTo.sort()).toEqual(['vm-2', 'vm-3']);
  });

  it('say of a path that carries less than guests may send that it does', async () => {
    expect((await link('host-1', 'host-3')).trouble).toBeUndefined();
    inside(world.names.switches, 'link set h2 mtu 1300');
    await expect
      .poll(async () => (await link('host-3', 'host-1')).trouble, waitMs)
      .toContain('1450 bytes: lower the MTU');
    expect((await link('host-3', 'host-1')).up).toBe(true);
    inside(world.names.switches, 'link set h2 mtu 1500');
    await expect.poll(async () => (await link('host-3', 'host-1')).trouble, waitMs).toBeUndefined();
  });

  it('go down at both ends when the path is cut, say so, and come back', async () => {
    inside(world.names.switches, 'link set h2 down');
    await expect.poll(async () => (await link('host-1', 'host-3')).up, waitMs).toBe(false);
    expect((await link('host-1', 'host-3')).trouble).toContain('Nothing is heard of host-3');
    await expect.poll(async () => (await link('host-3', 'host-1')).up, waitMs).toBe(false);
    expect((await link('host-1', 'host-2')).up).toBe(true);
    inside(world.names.switches, 'link set h2 up');
    await expect.poll(async () => (await link('host-1', 'host-3')).up, waitMs).toBe(true);
    await expect.poll(async () => (await link('host-3', 'host-1')).up, waitMs).toBe(true);
  });

  it('go on, and are judged, while no agent runs; the pulse is taken up by the next', async () => {
    const [, two] = guests;
    await substrate('host-1').close();
    await open('host-1');
    expect((await link('host-1', 'host-2')).up).toBe(true);
    expect((await world.send('vm-3', two?.mac ?? '')).deliveredTo).toEqual(['vm-2']);
    expect((await link('host-1', 'host-2')).setUpMs).toBeGreaterThan(0);
  });
});
