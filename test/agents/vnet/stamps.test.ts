import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BpfMap } from '../../../agents/vnet/bpf-map.js';
import {
  carrier,
  encodeIndex,
  encodeLink,
  encodeLinkEnd,
  layout,
  recordBytes,
  recordKind,
  stampClock,
  stampNumbers,
  underlay,
} from '../../../agents/vnet/layout.js';
import { objectFile } from '../../../agents/vnet/object-file.js';
import { type TraceRecord, TraceRing } from '../../../agents/wren/trace-ring.js';
import { describeLab } from '../../environment.js';
import { LoadedObject } from './loaded-object.js';
import { ethernet, etherType, ipv4, protocol, tcp, tcpFlag } from './packets.js';
import { runProgram, unspecified } from './program-run.js';
import { host, inner, local, peer, remote, wrapped } from './vxlan-packets.js';

const link = 3;
const tunnel = { at: 4, remote: '192.168.77.9', port: 7000 };
const own = { at: 5, remote: '192.168.77.7', port: 5000 };
const keepAliveNs = 1_000_000_000n;
/** Where VXLAN's header begins in a packet. */
const headerAt = 42;
const savings = 2048;

const key = encodeIndex(link);
const nowNs = (): bigint => process.hrtime.bigint();

describeLab('stamps', ['root', 'bpf', 'clang', 'libbpf'], () => {
  let object: LoadedObject;
  let ring: TraceRing;
  let maps: Record<'config' | 'links' | 'liveness' | 'spans', BpfMap>;
  beforeAll(() => {
    object = LoadedObject.load(objectFile());
    ring = new TraceRing(object.mapDescriptor('vnet_records'), recordBytes);
    maps = {
      config: object.map('vnet_config', 4, layout.config.size),
      links: object.map('vnet_links', 4, layout.link.size),
      liveness: object.map('vnet_liveness', 4, layout.liveness.size),
      spans: object.map('vnet_spans', 4, layout.span.size),
    };
    const peers = object.map('vnet_peers', layout.linkEnd.size, 4);
    peers.set(encodeLinkEnd(underlay, remote), key);
    peers.set(encodeLinkEnd(carrier, tunnel.remote), encodeIndex(tunnel.at));
    const ends = { local, remote: tunnel.remote, remotePort: tunnel.port };
    maps.links.set(encodeIndex(tunnel.at), encodeLink('device', 6, ends));
    peers.set(encodeLinkEnd(carrier, own.remote), encodeIndex(own.at));
    const ports = { localPort: own.port, remotePort: own.port };
    maps.links.set(encodeIndex(own.at), encodeLink('vxlan', 6, { local, remote: own.remote, ...ports }));
  });
  beforeEach(() => {
    maps.links.set(key, encodeLink('vxlan', 5, { local, remote, stamped: true }));
    hear(nowNs());
    configure();
    for (const number of [link, tunnel.at, own.at]) maps.spans.remove(encodeIndex(number));
    read();
  });
  afterAll(() => {
    ring?.close();
    object?.close();
  });

  /** What the last keep-alive that said that the peer takes stamps off came at. */
  const hear = (atNs: bigint): void => {
    const bytes = Buffer.alloc(layout.liveness.size);
    bytes.writeBigUInt64LE(atNs, layout.liveness.unstampsNs);
    maps.liveness.set(key, bytes);
  };
  const configure = (unrecorded = 0): void => {
    const bytes = Buffer.alloc(layout.config.size);
    bytes.writeBigUInt64LE(keepAliveNs, layout.config.keepAliveNs);
    bytes.writeUInt32LE(unrecorded, layout.config.unrecorded);
    maps.config.set(Buffer.alloc(4), bytes);
  };
  const leave = (frame: Buffer) => runProgram(object.program('vnet_departure'), frame);
  const come = (frame: Buffer) => runProgram(object.program('vnet_underlay'), frame);
  const read = (): TraceRecord[] => {
    const found: TraceRecord[] = [];
    ring.read((record) => found.push({ ...record }));
    return found;
  };

  const leaving = { to: peer, source: local, destination: remote };
  const stampOf = (frame: Buffer) => {
    const policy = frame.readUInt16BE(headerAt + 2);
    const [high, middle] = [frame.readUInt8(headerAt + 1), frame.readUInt8(headerAt + 7)];
    return { number: policy >> 13, clock: high * 0x1000 + middle * 0x10 + ((policy >> 9) & 0xf) };
  };

  it('say when a packet left, and which one it is, and change nothing else', () => {
    const numbers: number[] = [];
    for (let turn = 0; turn < 2 * stampNumbers; turn++) {
      const before = Number(nowNs() / 1000n);
      const { action, frame } = leave(wrapped(leaving));
      const elapsed = (Number(nowNs() / 1000n) - before) & stampClock;
      const stamp = stampOf(frame);
      expect(action).toBe(unspecified);
      expect((stamp.clock - before) & stampClock).toBeLessThanOrEqual(elapsed);
      expect(frame.toString('hex')).toBe(wrapped({ ...leaving, stamp }).toString('hex'));
      numbers.push(stamp.number);
    }
    const [first = 0] = numbers;
    expect(numbers).toEqual(numbers.map((_, index) => ((first - 1 + index) % stampNumbers) + 1));
  });

  it('give keep-alives, which have no policy, the number of the next packet', () => {
    const next = stampOf(leave(wrapped(leaving)).frame).number % stampNumbers;
    const pulse = leave(wrapped({ ...leaving, vni: 0, flags: 0x08, policy: 0 })).frame;
    const stamp = stampOf(pulse);
    expect(stamp.number).toBe(next + 1);
    expect(pulse.toString('hex')).toBe(wrapped({ ...leaving, vni: 0, flags: 0x88, policy: 0, stamp }).toString('hex'));
    expect(stampOf(leave(wrapped(leaving)).frame).number).toBe(stamp.number);
  });

  it.each<[string, Parameters<typeof wrapped>[0]]>([
    ['to another host', { ...leaving, destination: '192.168.77.8' }],
    ['from another address', { ...leaving, source: '192.168.77.8' }],
    ['to another port', { ...leaving, port: 4790 }],
    ['with a checksum', { ...leaving, checksum: 1 }],
    ['in fragments', { ...leaving, fragment: 0x2000 }],
    ['with options', { ...leaving, options: Buffer.alloc(4, 1) }],
  ])('are not put on packets %s', (_, packet) => {
    expect(leave(wrapped(packet)).frame.toString('hex')).toBe(wrapped(packet).toString('hex'));
  });

  it.each<[string, () => void]>([
    ['the link is not to have them', () => maps.links.set(key, encodeLink('vxlan', 5, { local, remote }))],
    ['the peer does not say that it takes them off', () => hear(0n)],
    ['it has not said so for a while', () => hear(nowNs() - 2n * keepAliveNs)],
    ['they are switched off', () => configure(1)],
  ])('are not put on while %s', (_, make) => {
    make();
    expect(leave(wrapped(leaving)).frame.toString('hex')).toBe(wrapped(leaving).toString('hex'));
  });

  it('are taken off and told, of whatever the packet has in it', () => {
    const stamp = { clock: 0xabcde, number: 5 };
    for (const packet of [{}, { vni: 0, policy: 0 }, { frame: inner('ff:ff:ff:ff:ff:ff', etherType.arp) }]) {
      const before = nowNs();
      const { action, frame } = come(wrapped({ ...packet, stamp }));
      expect(action).toBe(unspecified);
      expect(frame.toString('hex')).toBe(wrapped(packet).toString('hex'));
      const [record, ...others] = read();
      expect(others).toEqual([]);
      const kind = packet.vni === 0 ? recordKind.pulse : recordKind.arrival;
      const bytes = frame.length - 14;
      const seen = { mark: stamp.clock, bytes, link, segments: 1, kind, number: 5, isAfterGap: false, header: 0 };
      expect(record).toMatchObject(seen);
      expect(record?.atNs).toBeGreaterThanOrEqual(Number(before));
      expect(record?.atNs).toBeLessThanOrEqual(Number(nowNs()));
    }
  });

  it('are left to whom they belong on packets of nobody that is known', () => {
    const frame = wrapped({ source: '192.168.77.8', stamp: { clock: 1, number: 1 } });
    expect(come(frame).frame.toString('hex')).toBe(frame.toString('hex'));
    expect(read()).toEqual([]);
  });

  it('are told of whole stretches of packets, when there are more than may be recorded', () => {
    const startedNs = nowNs();
    const frame = wrapped({ stamp: { clock: 1, number: 1 } });
    let runs = 0;
    const records: TraceRecord[] = [];
    while (!records.some(({ isAfterGap }) => isAfterGap)) {
      for (let turn = 0; turn < 1000; turn++) come(frame);
      runs += 1000;
      records.push(...read());
    }
    const gap = records.findIndex(({ isAfterGap }) => isAfterGap);
    const earned = Number(nowNs() - startedNs) / 200_000;
    expect(gap).toBeGreaterThanOrEqual(savings);
    expect(records.length).toBeLessThan(savings + earned + 10);
    expect(runs).toBeGreaterThan(records.length);
    const [last, next] = [records[gap - 1], records[gap]];
    expect((next?.atNs ?? 0) - (last?.atNs ?? 0)).toBeGreaterThan(150e6);
  });

  const segment = (flags: number, payload: Buffer, ports: [number, number]): Buffer => {
    const bytes = tcp(flags, Buffer.alloc(0), payload);
    bytes.writeUInt16BE(ports[0], 0);
    bytes.writeUInt16BE(ports[1], 2);
    bytes.writeUInt32BE(0xfffffff0, 4);
    bytes.writeUInt32BE(4711, 8);
    return bytes;
  };
  const out = (payload: Buffer, { flags = tcpFlag.ack as number, port = tunnel.port } = {}): Buffer => {
    const ends = { source: local, destination: tunnel.remote, protocol: protocol.tcp };
    return ethernet(peer, host, etherType.ipv4, ipv4({ ...ends, payload: segment(flags, payload, [40000, port]) }));
  };
  const back = (flags: number = tcpFlag.ack, port = tunnel.port): Buffer => {
    const ends = { source: tunnel.remote, destination: local, protocol: protocol.tcp };
    const payload = segment(flags, Buffer.alloc(0), [port, 40000]);
    return ethernet(host, peer, etherType.ipv4, ipv4({ ...ends, payload }));
  };

  it('have their like in what a TCP connection that carries a link sends, and what is acknowledged', () => {
    for (const frame of [out(Buffer.alloc(100)), out(Buffer.alloc(0)), out(Buffer.alloc(10), { port: 22 })])
      expect(leave(frame).frame.toString('hex')).toBe(frame.toString('hex'));
    for (const frame of [back(), back(), back(tcpFlag.ack, 22)])
      expect(come(frame).frame.toString('hex')).toBe(frame.toString('hex'));
    const [departure, acknowledgement, ...others] = read();
    expect(others).toEqual([]);
    const of = { link: tunnel.at, segments: 1, isAfterGap: false };
    expect(departure).toMatchObject({ ...of, kind: recordKind.departure, mark: 0xfffffff0, bytes: 140, header: 40 });
    expect(acknowledgement?.flow).toBe(departure?.flow);
    expect(acknowledgement).toMatchObject({ ...of, kind: recordKind.acknowledgement, mark: 4711 });
  });

  it('have their like in the TCP of guests where a link has none', () => {
    maps.links.set(key, encodeLink('vxlan', 5, { local, remote }));
    const ends = { source: '10.0.0.1', destination: '10.0.0.2', protocol: protocol.tcp };
    const sent = ipv4({ ...ends, payload: segment(tcpFlag.ack, Buffer.alloc(100), [40000, 80]) });
    const [source, destination] = [ends.destination, ends.source];
    const acknowledged = ipv4({
      ...ends,
      source,
      destination,
      payload: segment(tcpFlag.ack, Buffer.alloc(0), [80, 40000]),
    });
    const frame = (packet: Buffer) => ethernet(host, peer, etherType.ipv4, packet);
    for (const port of [4789, own.port]) {
      const [at, far] = port === own.port ? [own.at, own.remote] : [link, remote];
      leave(wrapped({ ...leaving, destination: far, port, frame: frame(sent) }));
      come(wrapped({ source: far, port, frame: frame(acknowledged) }));
      const [departure, acknowledgement, ...others] = read();
      expect(others).toEqual([]);
      const of = { link: at, flow: departure?.flow, segments: 1, isAfterGap: false };
      const [start, bytes, header] = [0xfffffff0, 140 + 50, 90];
      expect(departure).toMatchObject({ ...of, kind: recordKind.departure, mark: start, bytes, header });
      expect(acknowledgement).toMatchObject({ ...of, kind: recordKind.acknowledgement, mark: 4711 });
    }
    leave(wrapped({ ...leaving, port: 5001, destination: own.remote, frame: frame(sent) }));
    leave(wrapped(leaving));
    expect(read()).toEqual([]);
  });

  it('count the headers of each segment of an offloaded run', () => {
    runProgram(object.program('vnet_departure'), out(Buffer.alloc(3000)), { segmentBytes: 1000, segments: 3 });
    expect(read()).toMatchObject([{ bytes: 3120, segments: 3, header: 40 }]);
    const frame = wrapped({ stamp: { clock: 1, number: 1 }, frame: inner() });
    runProgram(object.program('vnet_underlay'), frame, { segmentBytes: 10, segments: 4 });
    // Around each segment: IP, UDP, VXLAN; Ethernet, IP, UDP.
    expect(read()).toMatchObject([{ bytes: frame.length - 14 + 3 * (36 + 42), segments: 4 }]);
  });
});
