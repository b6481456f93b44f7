import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { portDevice } from '../../agents/vmm/netns-guest.js';
import { type Flow, startApplication } from '../../lab/iperf.js';
import { startProcess } from '../../lab/process.js';
import type { LabTopology } from '../../lab/topology.js';
import type { Departure } from '../../schema/generated/types.js';
import { guestSpec, linkTo, type Star, type StarHost, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld } from './lab-world.js';

/** Two sites joined by 10 Mb/s; hosts 1 and 2 in the first, 3 and 4 in the second, at 100 and 200 Mb/s. */
const topology: LabTopology = {
  hosts: [1, 2, 3, 4].map((n) => ({
    name: `host-${n}`,
    site: n <= 2 ? 'near' : 'far',
    interfaces: [
      {
        name: 'eth0',
        network: 'wan',
        address: n <= 2 ? `10.1.0.${n}/24` : `10.2.0.${n}/24`,
        rateMbps: n <= 2 ? 100 : 200,
      },
    ],
  })),
  trunks: [{ network: 'wan', sites: ['near', 'far'], rateMbps: 10 }],
};

describeLab('overlay in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'iperf3'], () => {
  let world: LabWorld;
  let star: Star;
  const [one, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan')) as [
    ReturnType<typeof guestSpec>,
    ReturnType<typeof guestSpec>,
    ReturnType<typeof guestSpec>,
  ];
  const placed = (...hosts: string[]): Star => ({
    network: { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' },
    hosts: world.hosts,
    placement: hosts.map((host, index) => ({ guest: guestSpec(index + 1, 'lan'), host })),
    linkEnd: world.linkEnd,
  });
  const be = async (host: string, state: StarHost, departures: Departure[] = []): Promise<void> => {
    const order = { host, generation: 1, samplingIntervalMs: 1000, departures, removals: [] };
    expect(await converge(world.substrate(host), { ...order, ...state })).toEqual([]);
  };
  const entry = async (host: string, source: string, destination: string) => {
    const { matrix } = await world.substrate(host).vnet.counters();
    const found = matrix.find((each) => each.source === source && each.destination === destination);
    return { bytes: found?.bytes ?? 0, packets: found?.packets ?? 0 };
  };
  const drops = async (host: string, reason: string): Promise<number> =>
    (await world.substrate(host).vnet.counters()).drops.find((each) => each.reason === reason)?.frames ?? 0;
  const flow = (source: string, destination: string, rateMbps: number): Flow => ({ source, destination, rateMbps });
  const run = (flows: Flow[]) => startApplication(world.names, flows, (guest) => `10.99.0.${guest.slice(3)}`);

  beforeAll(async () => {
    world = await labWorld(topology);
    star = placed('host-2', 'host-3', 'host-4');
    for (const host of world.hosts) await be(host, starHost(star, host));
  });
  afterAll(() => world?.close());

  it('counts the bytes and frames that were sent, no more and no fewer', async () => {
    const before = await entry('host-2', one.mac, two.mac);
    const links = (await world.substrate('host-1').vnet.counters()).links;
    const sentBefore = links.find(({ peer }) => peer === 'host-3')?.sentBytes ?? 0;
    const [arrived] = world.frames.send(two.mac, world.names.guest('vm-1'), [world.names.guest('vm-2')], 40, 1000);
    expect(arrived).toBe(40);
    const after = await entry('host-2', one.mac, two.mac);
    expect({ bytes: after.bytes - before.bytes, packets: after.packets - before.packets }).toEqual({
      bytes: 40_000,
      packets: 40,
    });
    const sent = (await world.substrate('host-1').vnet.counters()).links.find(({ peer }) => peer === 'host-3');
    expect((sent?.sentBytes ?? 0) - sentBefore).toBe(40_000);
  });

  it('counts offloaded frames as the segments they become', async () => {
    const before = await entry('host-3', two.mac, three.mac);
    const application = await run([flow('vm-2', 'vm-3', 40)]);
    const { throughputMbps } = await application.measure(3);
    await application.stop();
    const after = await entry('host-3', two.mac, three.mac);
    const packets = after.packets - before.packets;
    // Full segments of a guest with MTU 1450: 1398 bytes of payload behind 14 + 20 + 32 of headers.
    expect((after.bytes - before.bytes) / packets).toBeGreaterThan(1350);
    expect((after.bytes - before.bytes) / packets).toBeLessThanOrEqual(1464);
    // The star goes to the Proxy and back over a trunk of 10 Mb/s.
    expect(throughputMbps).toBeGreaterThan(6);
    expect(throughputMbps).toBeLessThan(10);
  });

  it('drops frames under an address that is not the guest’s', async () => {
    const before = await drops('host-2', 'spoofed-source');
    const inside = new NetworkNamespace(namespacePath(world.names.guest('vm-1')));
    inside.within(() => ip(['link set eth0 address 02:00:00:00:00:99']));
    expect(await world.send('vm-1', two.mac)).toEqual({ deliveredTo: [] });
    inside.within(() => ip([`link set eth0 address ${one.mac}`]));
    inside.close();
    expect(await drops('host-2', 'spoofed-source')).toBe(before + 1);
    expect(await world.send('vm-1', two.mac)).toEqual({ deliveredTo: ['vm-2'] });
  });

  it('takes frames from the far ends of its own links alone', async () => {
    const state = starHost(star, 'host-3');
    await be('host-3', { ...state, links: [...state.links, world.linkEnd('host-3', 'host-4')] });
    // Of any source: used whether the link is up or not.
    const rules: StarHost['rules'] = [
      ...state.rules,
      { network: 'lan', source: 'any', destination: three.mac, to: [linkTo('host-4')] },
    ];
    expect(await world.substrate('host-3').vnet.forward(rules)).toEqual([]);
    const before = await drops('host-4', 'no-port');
    expect(await world.send('vm-2', three.mac)).toEqual({ deliveredTo: [] });
    expect(await drops('host-4', 'no-port')).toBeGreaterThan(before);
    await be('host-3', state);
  });

  it('loses no frame while whole tables are switched, through every generation', async () => {
    const application = await run([flow('vm-2', 'vm-3', 4)]);
    const before = await Promise.all(world.hosts.map((host) => drops(host, 'no-rule')));
    const { vnet } = world.substrate('host-1');
    const { rules } = starHost(star, 'host-1');
    for (let turn = 0; turn < 300; turn++) {
      const other = {
        network: 'lan',
        source: 'any',
        destination: `02:00:00:00:01:${turn % 2}0`,
        to: rules[0]?.to ?? [],
      };
      expect(await vnet.forward([...rules, other] as StarHost['rules'])).toEqual([]);
      if (turn % 10 === 0) await sleep(5);
    }
    await vnet.forward(rules);
    expect((await vnet.current()).rules).toEqual(rules);
    expect(application.failures()).toEqual([]);
    await application.stop();
    expect(await Promise.all(world.hosts.map((host) => drops(host, 'no-rule')))).toEqual(before);
  });

  it('moves a guest with its TCP connections, and a fast path gives them what the trunk did not', async () => {
    const application = await run([flow('vm-1', 'vm-2', 50), flow('vm-2', 'vm-1', 50)]);
    await sleep(1000);
    const before = await application.measure(3);
    const target = placed('host-4', 'host-3', 'host-4');
    const [at2, at3, at4] = ['host-2', 'host-3', 'host-4'].map((host) => starHost(target, host)) as [
      StarHost,
      StarHost,
      StarHost,
    ];
    at3.links.push(world.linkEnd('host-3', 'host-4'));
    at4.links.push(world.linkEnd('host-4', 'host-3'));
    at3.rules.push({ network: 'lan', source: two.mac, destination: one.mac, to: [linkTo('host-4')] });
    at4.rules.push({ network: 'lan', source: one.mac, destination: two.mac, to: [linkTo('host-3')] });
    at4.guests = at4.guests.map((guest) => (guest.name === 'vm-1' ? { ...guest, from: 'host-2' } : guest));
    await Promise.all([
      be('host-4', at4),
      be('host-3', at3),
      be('host-1', starHost(target, 'host-1')),
      be('host-2', at2, [{ guest: 'vm-1', to: 'host-4' }]),
    ]);
    const arrived = (await world.substrate('host-4').vmm.current()).find(({ guest }) => guest.name === 'vm-1');
    expect(arrived).toEqual({ guest: one, phase: 'running' });
    await sleep(1500);
    const after = await application.measure(3);
    expect(application.failures()).toEqual([]);
    expect((await world.substrate('host-4').vmm.usage()).find(({ guest }) => guest === 'vm-1')?.cpuMs).toBeGreaterThan(
      0,
    );
    await application.stop();
    expect(before.throughputMbps).toBeLessThan(20);
    expect(after.throughputMbps).toBeGreaterThan(60);
    for (const { throughputMbps } of after.flows) expect(throughputMbps).toBeLessThan(55);
  });

  it('ends the processes of a guest that is removed, and its namespace, and nothing else', async () => {
    const sleeper = (guest: string) =>
      startProcess(world.names, { namespace: world.names.guest(guest), command: 'sleep', args: ['600'] });
    const [doomed, spared] = [await sleeper('vm-3'), await sleeper('vm-2')];
    expect(await world.substrate('host-4').vmm.converge([], [], ['vm-3'])).toEqual([]);
    expect(await doomed.ended).toBe('SIGTERM');
    expect(existsSync(namespacePath(world.names.guest('vm-3')))).toBe(false);
    expect(existsSync(`/proc/${spared.pid}`)).toBe(true);
    await spared.end();
  });

  it('does not start a guest whose port is on another host', async () => {
    const state = { ...starHost(star, 'host-2'), guests: [guestSpec(2, 'lan')] };
    const order = { host: 'host-2', generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
    const faults = await converge(world.substrate('host-2'), { ...order, ...state });
    expect(faults).toMatchObject([{ kind: 'guest', subject: 'vm-2' }]);
    const host = new NetworkNamespace(namespacePath(world.names.host('host-2')));
    expect(host.within(() => ip([`link show ${portDevice('vm-2')}`]))).toMatchObject({ kind: 'failed' });
    host.close();
  });
});
