import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { type LabTopology, lanSwitch } from '../../lab/topology.js';
import type { Departure, GuestSpec, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';
import { guestSpec, linkTo, portTo } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld } from './lab-world.js';
import { Station } from './station.js';

const station = '192.168.50.1';

/** The Proxy and one host at home, one host at a far site, and the user's LAN behind the Proxy. */
const topology: LabTopology = {
  hosts: [1, 2, 3].map((n) => ({
    name: `host-${n}`,
    site: n < 3 ? 'home' : 'far',
    interfaces: [{ name: 'eth0', network: 'wan', address: `10.0.0.${n}/24` }],
  })),
  trunks: [{ network: 'wan', sites: ['home', 'far'], rateMbps: 100 }],
  lans: [{ name: 'office', host: 'host-1', device: 'lan0', address: `${station}/24` }],
};

const { address: _none, ...vm } = guestSpec(1, 'lan');
const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'libssl', 'sshd', 'dnsmasq', 'udhcpc', 'ping'] as const;

describeLab('the Proxy bridges to the LAN', needs, () => {
  let world: LabWorld;
  let folder: string;
  let office: Station;
  let guest: Station;
  const members = ['host-1', 'host-2', 'host-3'];

  const rulesOf = (host: string, at: string): Rule[] => {
    const rule = (destination: string, ...to: Output[]): Rule => ({ network: 'lan', source: 'any', destination, to });
    const toVm = host === at ? portTo(vm.name) : linkTo(at);
    const local = host === at ? [portTo(vm.name)] : [];
    if (host === 'host-1') {
      const copies = [...local, ...members.slice(1).map(linkTo), { kind: 'lan' } as const];
      return [rule(vm.mac, toVm), rule('any', { kind: 'lan' }), rule('group', ...copies)];
    }
    const group = rule('group', ...local, linkTo('host-1'));
    return [...(host === at ? [rule(vm.mac, toVm)] : []), rule('any', linkTo('host-1')), group];
  };

  const be = (host: string, at: string, guests: GuestSpec[], departures: Departure[] = []) => {
    const network: NetworkAttachment = { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' };
    const peers = host === 'host-1' ? members.slice(1) : ['host-1'];
    return converge(world.substrate(host), {
      ...{ host, generation: 1, samplingIntervalMs: 1000, departures, removals: [], guests },
      networks: [host === 'host-1' ? { ...network, lan: 'lan0' } : network],
      links: peers.map((peer) => world.linkEnd(host, peer)),
      rules: rulesOf(host, at),
    });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-lan-'));
    world = await labWorld(topology);
    office = new Station(world.names, world.names.lan('office'), folder);
    for (const host of members) expect(await be(host, 'host-2', host === 'host-2' ? [vm] : [])).toEqual([]);
    guest = new Station(world.names, world.names.guest(vm.name), folder);
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a VM gets its address from a DHCP server on the LAN, and both reach each other', async () => {
    await office.start('dnsmasq', [
      ...['--no-daemon', '--conf-file=/dev/null', '--port=0', '--user=root', '--log-dhcp', `--interface=${lanSwitch}`],
      ...['--bind-interfaces', '--dhcp-range=192.168.50.100,192.168.50.150,1h', '--dhcp-authoritative'],
      ...[`--dhcp-leasefile=${join(folder, 'leases')}`, '--pid-file='],
    ]);
    const script = join(folder, 'bound.sh');
    const commands = [
      'deconfig) ip addr flush dev $interface;;',
      'bound|renew) ip addr replace $ip/$mask dev $interface;;',
    ];
    writeFileSync(script, `#!/bin/sh\ncase $1 in\n${commands.join('\n')}\nesac\n`, { mode: 0o755 });
    const lease = await guest.run('udhcpc', ['-i', 'eth0', '-n', '-q', '-f', '-t', '10', '-T', '1', '-s', script]);
    expect(lease.output).toMatch(/lease of 192\.168\.50\.1\d\d obtained/);
    expect((await guest.run('ping', ['-c', '3', '-i', '0.2', '-W', '2', station])).output).toContain(' 0% packet loss');
    const address = guest.address();
    expect((await office.run('ping', ['-c', '3', '-i', '0.2', '-W', '2', address])).output).toContain(
      ' 0% packet loss',
    );
  });

  it('keeps out what the seed keeps out: strangers to strangers, and frames of VMs that come back', async () => {
    const filtered = async () =>
      (await world.substrate('host-1').vnet.counters()).drops.find(({ reason }) => reason === 'lan-filter')?.frames ??
      0;
    const before = await filtered();
    const count = 5;
    const ports = [{ namespace: world.names.lan('office'), device: 'uplink' }];
    const times = <T>(frame: T): T[] => Array<T>(count).fill(frame);
    await world.frames.exchange(ports, [
      ...times({ port: 0, source: '02:aa:00:00:00:01', to: '02:aa:00:00:00:02' }),
      ...times({ port: 0, source: vm.mac, to: 'ff:ff:ff:ff:ff:ff' }),
    ]);
    await expect.poll(filtered).toBe(before + 2 * count);
  });

  it('a ping and an SSH session of the LAN survive a migration to another site', async () => {
    const address = guest.address();
    await guest.startSshd();
    const session = await office.ssh(address, 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done');
    const pings = await office.start('ping', ['-i', '0.05', '-W', '1', address]);
    await expect.poll(() => session.lines().length, { timeout: 15_000 }).toBeGreaterThan(10);

    // As the plan does it: the new host awaits, the Proxy leads there, the VM moves, the old host forgets.
    expect(await be('host-3', 'host-3', [{ ...vm, from: 'host-2' }])).toEqual([]);
    expect(await be('host-2', 'host-3', [], [{ guest: vm.name, to: 'host-3' }])).toEqual([]);
    expect(await be('host-1', 'host-3', [])).toEqual([]);
    await world.substrate('host-3').vmm.current();

    const seen = session.lines().length;
    await expect.poll(() => session.lines().length, { timeout: 15_000 }).toBeGreaterThan(seen + 20);
    await sleep(500);
    expect(session.isRunning()).toBe(true);
    expect(session.lines().map(Number)).toEqual(session.lines().map((_, index) => index));
    await session.end();
    await pings.end('SIGINT');
    const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(pings.output()) ?? [];
    expect(Number(sent)).toBeGreaterThan(30);
    // What was on its way while the port moved may be lost; at 20 a second that is a handful.
    expect(Number(sent) - Number(received)).toBeLessThan(20);
    expect(guest.address()).toBe(address);
  });
});
