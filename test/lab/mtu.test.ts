import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { ip } from '../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import { setSysctls } from '../../agents/linux/sysctl.js';
import { startApplication } from '../../lab/iperf.js';
import { packageRoot } from '../../package-root.js';
import { guestSpec, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const mtu = 1450;
/** What the guests here take for their MTU against the better knowledge of their host. */
const guestMtu = 1500;
const hosts = ['host-1', 'host-2'];
const guests = ['vm-1', 'vm-2'];
/** A VM that nobody has started. */
const absent = { address: '10.99.0.9', mac: '02:00:00:00:00:09' };

describeLab('MTU in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'iperf3'], () => {
  let world: LabWorld;
  let folder: string;

  const inside = <T>(namespace: string, task: () => T extends Promise<unknown> ? never : T): T => {
    const entered = new NetworkNamespace(namespacePath(namespace));
    try {
      return entered.within(task);
    } finally {
      entered.close();
    }
  };
  const run = (guest: string, command: string, ...args: string[]): string => {
    const { status, stdout, stderr } = inside(world.names.guest(guest), () =>
      spawnSync(command, args, { encoding: 'utf8' }),
    );
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const probe = (protocol: 'udp' | 'icmp', address: string, bytes: number): string =>
    run('vm-1', join(folder, 'probe'), protocol, address, String(bytes));
  const tooBig = async (): Promise<number> => {
    const { drops } = await world.substrate('host-1').vnet.counters();
    return drops.find(({ reason }) => reason === 'too-big')?.frames ?? 0;
  };
  const configure = (guest: string, ...lines: string[]): void =>
    expect(inside(world.names.guest(guest), () => ip(lines))).toBeUndefined();

  /** IP's counters of fragments and of packets put together again, of the underlay of all hosts. */
  const fragments = (): number[] =>
    hosts.flatMap((host) => {
      const text = inside(world.names.host(host), () => readFileSync('/proc/thread-self/net/snmp', 'utf8'));
      const [names = [], values = []] = text
        .split('\n')
        .filter((line) => line.startsWith('Ip:'))
        .map((line) => line.split(' '));
      return ['FragCreates', 'FragOKs', 'ReasmReqds'].map((name) => Number(values[names.indexOf(name)]));
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-probe-'));
    const source = join(packageRoot(), 'test/lab/probe.c');
    const built = spawnSync('clang', ['-O2', '-Wall', '-Werror', source, '-o', join(folder, 'probe')]);
    expect(built.stderr.toString()).toBe('');
    world = await labWorld(oneSite(2));
    const placement = guests.map((_, index) => ({ guest: guestSpec(index + 1, 'lan'), host: hosts[index] ?? '' }));
    const known = placement.map(({ guest }) => ({ address: guest.address?.split('/')[0] ?? '', mac: guest.mac }));
    const network = { name: 'lan', vni: 77, mtu, proxy: 'host-1', neighbours: [...known, absent] };
    const star = { network, hosts, placement, linkEnd: world.linkEnd };
    for (const host of hosts) {
      const order = { host, generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
      expect(await converge(world.substrate(host), { ...order, ...starHost(star, host) })).toEqual([]);
    }
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true });
  });

  it('is what guests are told to begin with', () => {
    for (const guest of guests) expect(run(guest, 'ip', 'link', 'show', 'eth0')).toContain(` mtu ${mtu} `);
    expect(probe('icmp', '10.99.0.2', mtu)).toBe(`delivered ${mtu}`);
  });

  it('is told guests that think otherwise, over IPv4', async () => {
    for (const guest of guests) configure(guest, `link set eth0 mtu ${guestMtu}`);
    const before = await tooBig();
    expect(probe('udp', '10.99.0.2', guestMtu)).toBe(`too-big ${mtu}`);
    expect(await tooBig()).toBe(before + 1);
    expect(probe('udp', '10.99.0.2', mtu)).toBe(`delivered ${mtu}`);
    configure('vm-1', 'route flush cache');
    expect(probe('icmp', '10.99.0.2', mtu + 1)).toBe(`too-big ${mtu}`);
    expect(probe('icmp', '10.99.0.2', mtu)).toBe(`delivered ${mtu}`);
    expect(await tooBig()).toBe(before + 2);
  });

  it('is told guests that think otherwise, over IPv6', async () => {
    for (const guest of guests) {
      inside(world.names.guest(guest), () => setSysctls({ 'net.ipv6.conf.eth0.disable_ipv6': '0' }));
      configure(guest, `addr add fd00::${guest.slice(3)}/64 dev eth0 nodad`);
    }
    const before = await tooBig();
    expect(probe('udp', 'fd00::2', guestMtu)).toBe(`too-big ${mtu}`);
    expect(await tooBig()).toBe(before + 1);
    expect(probe('udp', 'fd00::2', mtu)).toBe(`delivered ${mtu}`);
    expect(probe('icmp', 'fd00::2', mtu)).toBe(`delivered ${mtu}`);
  });

  it('bounds the segments of TCP before the first is sent', async () => {
    const before = await tooBig();
    const flow = { source: 'vm-1', destination: 'vm-2', rateMbps: 200 };
    const application = await startApplication(world.names, [flow], (guest) => `10.99.0.${guest.slice(3)}`);
    const { throughputMbps } = await application.measure(1);
    const sockets = run('vm-1', 'ss', '-Htin', 'state', 'established', 'dst', '10.99.0.2');
    expect(application.failures()).toEqual([]);
    await application.stop();
    const segments = [...sockets.matchAll(/ mss:(\d+)/g)].map(([, bytes]) => Number(bytes));
    // 20 bytes of IP, 20 of TCP, 12 of its time stamps.
    expect(segments.length).toBeGreaterThan(0);
    expect(new Set(segments)).toEqual(new Set([mtu - 52]));
    expect(throughputMbps).toBeGreaterThan(50);
    expect(await tooBig()).toBe(before);
  });

  it('lets nothing be fragmented on the underlay', () => {
    expect(fragments()).toEqual(hosts.flatMap(() => [0, 0, 0]));
  });

  it('comes with addresses that need no asking: of a VM that runs nowhere too', () => {
    expect(probe('udp', absent.address, 100)).toBe(`nothing ${guestMtu}`);
    expect(run('vm-1', 'ip', 'neigh', 'show', absent.address)).toContain(`lladdr ${absent.mac}`);
  });
});
