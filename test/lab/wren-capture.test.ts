import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { NetworkNamespace, namespacePath } from '../../agents/linux/namespace.js';
import type { Substrate } from '../../agents/substrate.js';
import { KernelCore } from '../../agents/vnet/kernel-core.js';
import { recordBytes, recordKind, stampClock, stampNumbers } from '../../agents/vnet/layout.js';
import { libbpf } from '../../agents/vnet/libbpf.js';
import { objectFile } from '../../agents/vnet/object-file.js';
import type { CoreChoice } from '../../agents/vnet/probe-core.js';
import { type TraceRecord, TraceRing } from '../../agents/wren/trace-ring.js';
import { type Application, startApplication } from '../../lab/iperf.js';
import type { LinkEnd, PathEstimate } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { identifiedSubstrate } from './identified-substrate.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const rateMbps = 50;
/** What the shaper lets through at the IP layer, of full packets: it counts Ethernet headers too. */
const capacityMbps = (rateMbps * 1500) / 1514;
/** Around each segment of a guest on the underlay, at the IP layer: the guest's Ethernet is counted by the link too. */
const wrappingBytes = 36;

const needs = ['root', 'namespaces', 'bpf', 'nftables', 'tun', 'clang', 'libbpf', 'libssl', 'iperf3'] as const;
/** Has no eBPF core. */
const plain = 'host-4';

describeLab('capture', [...needs], () => {
  let world: LabWorld;
  let star: Star;
  const substrates = new Map<string, Substrate>();
  const guests = [1, 2, 3, 4].map((n) => guestSpec(n, 'lan'));

  /** The second host's link is VXLAN with stamps, the third's TCP, the last one's VXLAN without stamps. */
  const linkEnd = (host: string, peer: string): LinkEnd => {
    const end = world.linkEnd(host, peer);
    if (host === plain || peer === plain) return end;
    if (host !== 'host-3' && peer !== 'host-3') return { ...end, stamped: true };
    return { ...end, type: 'tcp', port: 7000, role: host === 'host-1' ? 'listen' : 'connect' };
  };
  const open = async (host: string): Promise<void> => {
    substrates.set(host, await identifiedSubstrate(world.names, host, coreOf(host)));
  };
  const substrate = (host: string): Substrate => {
    const found = substrates.get(host);
    if (!found) throw new Error(`no host ${host}`);
    return found;
  };
  const coreOf = (host: string): CoreChoice => (host === plain ? 'nftables' : 'ebpf');
  const talk = (source: string, destination: string): Promise<Application> =>
    startApplication(world.names, [{ source, destination, rateMbps: 1000 }], (guest) => `10.99.0.${guest.slice(3)}`);
  const isUp = async (host: string, peer: string): Promise<boolean> =>
    (await substrate(host).vnet.current()).links.some((each) => each.link.peer === peer && each.up);
  const received = async (host: string, peer: string): Promise<number> =>
    (await substrate(host).vnet.counters()).links.find((each) => each.peer === peer)?.receivedBytes ?? 0;
  const path = async (host: string, peer: string, direction: string): Promise<PathEstimate | undefined> =>
    (await substrate(host).wren?.paths())?.find((each) => each.peer === peer && each.direction === direction);
  const packetsSent = (host: string): number => {
    const namespace = new NetworkNamespace(namespacePath(world.names.host(host)));
    const text = namespace.within(() => readFileSync('/proc/thread-self/net/dev', 'utf8'));
    namespace.close();
    return Number(/eth0:(.*)/.exec(text)?.[1]?.trim().split(/\s+/)[9]);
  };
  const setRecording = (host: string, records: boolean): void => {
    const core = KernelCore.open(join(world.names.pinFolder, host), objectFile(), '');
    core.config = { ...core.config, records };
    core.close();
  };
  const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

  beforeAll(async () => {
    world = await labWorld(oneSite(4, rateMbps), coreOf);
    star = {
      network: { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' },
      hosts: world.hosts,
      placement: guests.map((guest, index) => ({ guest, host: `host-${index + 1}` })),
      linkEnd,
    };
    for (const host of world.hosts) {
      await world.substrate(host).close();
      await open(host);
      const order = { host, generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
      expect(await converge(substrate(host), { ...order, ...starHost(star, host) })).toEqual([]);
    }
  }, 120_000);
  afterAll(async () => {
    for (const each of substrates.values()) await each.close();
    await world?.close();
  });

  it('is told as something that the host can do', async () => {
    for (const host of world.hosts) expect(substrate(host).capabilities.stamps ?? false).toBe(host !== plain);
    for (const peer of ['host-2', 'host-3', plain]) {
      await expect.poll(() => isUp('host-1', peer), { timeout: 20_000 }).toBe(true);
      await expect.poll(() => isUp(peer, 'host-1'), { timeout: 20_000 }).toBe(true);
    }
  });

  it('sees each packet of a link, in order, and no more than the link counts', async () => {
    // Nobody else may read the ring.
    await substrate('host-2').close();
    const pins = join(world.names.pinFolder, 'host-2');
    const descriptor = libbpf().get(join(pins, readdirSync(pins)[0] ?? '', 'vnet_records'));
    const ring = new TraceRing(descriptor, recordBytes);
    closeSync(descriptor);
    const records: TraceRecord[] = [];
    const read = () => ring.read((record) => records.push({ ...record }));
    const counters = KernelCore.open(pins, objectFile(), '');
    const counted = () => sum(counters.maps.traffic.entries().map(([, value]) => receivedIn(value)));
    const before = counted();
    const application = await talk('vm-1', 'vm-2');
    for (let turn = 0; turn < 60; turn++) {
      await sleep(50);
      read();
    }
    await application.stop();
    await sleep(500);
    read();
    const after = counted();
    ring.close();
    counters.close();
    await open('host-2');

    const arrivals = records.filter(({ kind }) => kind === recordKind.arrival);
    expect(arrivals.length).toBeGreaterThan(5000);
    expect(arrivals.some(({ isAfterGap }) => isAfterGap)).toBe(false);
    expect(sum(arrivals.map(({ bytes, segments }) => bytes - segments * wrappingBytes))).toBe(after - before);
    // Both hosts have one clock here.
    const delaysUs = arrivals.map(({ atNs, mark }) => (Math.floor(atNs / 1000) - mark) & stampClock);
    expect(Math.max(...delaysUs)).toBeLessThan(200_000);
    // A packet that the queue dropped leaves a hole; what came was in the order of its departure.
    const steps = arrivals.slice(1).map((each, index) => {
      const last = arrivals[index];
      return last && last.mark === each.mark && last.number === each.number
        ? 0
        : (each.number - (last?.number ?? 0) + stampNumbers) % stampNumbers;
    });
    const share = steps.filter((step) => step <= 1).length / steps.length;
    expect(share).toBeGreaterThan(0.98);
    expect(records.some(({ kind }) => kind === recordKind.pulse)).toBe(true);
  });

  it('knows what the path to a host of VXLAN gives, without a packet of its own', async () => {
    const application = await talk('vm-1', 'vm-2');
    const error = async (): Promise<number> => {
      const found = await path('host-2', 'host-1', 'from-peer');
      return Math.abs((found?.capacityMbps ?? 0) / capacityMbps - 1);
    };
    await expect.poll(error, { timeout: 15_000, interval: 500 }).toBeLessThan(0.02);
    await application.stop();
    // Keep-alives go on, and meet no queue now. The shaper lets a few packets through at once, where a line of its rate would take time
    // for each, which is subtracted: so the delay may come out below zero.
    const delay = async () => (await path('host-2', 'host-1', 'from-peer'))?.minimumDelayMs;
    await expect.poll(delay, { timeout: 15_000, interval: 500 }).toBeLessThan(2);
    const found = await path('host-2', 'host-1', 'from-peer');
    expect(found).toMatchObject({ method: 'two-sided' });
    expect(found?.minimumDelayMs).toBeGreaterThan(-1);
  });

  it('sends nothing', async () => {
    const idle = async (): Promise<number> => {
      const before = packetsSent('host-2');
      await sleep(2000);
      return packetsSent('host-2') - before;
    };
    await sleep(500);
    const withCapture = await idle();
    setRecording('host-2', false);
    setRecording('host-1', false);
    const without = await idle();
    setRecording('host-2', true);
    setRecording('host-1', true);
    expect(Math.abs(withCapture - without)).toBeLessThanOrEqual(2);
  });

  it('changes nothing of what is delivered and counted', async () => {
    const frames = async (): Promise<number> => {
      const before = await received('host-1', 'host-2');
      for (let turn = 0; turn < 5; turn++) {
        expect((await world.send('vm-2', guests[0]?.mac ?? '')).deliveredTo).toEqual(['vm-1']);
        expect((await world.send('vm-2', guests[2]?.mac ?? '')).deliveredTo).toEqual(['vm-3']);
        expect((await world.send('vm-2', 'group')).deliveredTo.sort()).toEqual(['vm-1', 'vm-3', 'vm-4']);
      }
      return (await received('host-1', 'host-2')) - before;
    };
    const withCapture = await frames();
    for (const host of ['host-1', 'host-2']) setRecording(host, false);
    const without = await frames();
    for (const host of ['host-1', 'host-2']) setRecording(host, true);
    expect(withCapture).toBe(without);
    expect(withCapture).toBe(15 * 60);
  });

  it('knows the path of a TCP link, and to a host that stamps nothing, from its own end', async () => {
    for (const [source, destination, host, peer] of [
      ['vm-1', 'vm-3', 'host-1', 'host-3'],
      ['vm-3', 'vm-1', 'host-3', 'host-1'],
      ['vm-1', 'vm-4', 'host-1', plain],
    ] as const) {
      const application = await talk(source, destination);
      await expect
        .poll(async () => (await path(host, peer, 'to-peer'))?.packets ?? 0, { timeout: 15_000, interval: 500 })
        .toBeGreaterThan(500);
      await application.stop();
      expect(await path(host, peer, 'to-peer')).toMatchObject({ method: 'one-sided' });
      expect(await path(host, peer, 'from-peer')).toBeUndefined();
    }
  });
});

/** Bytes received over links, of all processors. */
function receivedIn(value: Buffer): number {
  let bytes = 0;
  for (let at = 8; at < value.length; at += 16) bytes += Number(value.readBigUInt64LE(at));
  return bytes;
}
