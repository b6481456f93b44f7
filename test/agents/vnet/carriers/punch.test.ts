import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BpfMap } from '../../../../agents/vnet/bpf-map.js';
import { objectFile } from '../../../../agents/vnet/object-file.js';
import { describeLab } from '../../../environment.js';
import { LoadedObject } from '../loaded-object.js';
import { runProgram, unspecified } from '../program-run.js';

const [host, peer, stranger] = ['10.1.0.2', '203.0.113.2', '203.0.113.3'];
const [localPort, publicPort, vxlanPort] = [3479, 40_002, 4789];
const checksumAt = 40;

interface Datagram {
  from: string;
  to: string;
  ports: [number, number];
  /** First byte of the payload; that of VXLAN with a Group Policy ID when left out. */
  flags?: number;
  /** Whether it has a UDP checksum. */
  summed?: boolean;
  /** Flags and offset of the IP header; "do not fragment" when left out. */
  fragment?: number;
}

const bytesOf = (address: string): number[] => address.split('.').map(Number);

function datagram({ from, to, ports, flags = 0x88, summed = false, fragment = 0x4000 }: Datagram): Buffer {
  const frame = Buffer.alloc(14 + 20 + 8 + 64);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(frame.length - 14, 16);
  frame.writeUInt16BE(fragment, 20);
  frame.set([64, 17], 22);
  frame.set([...bytesOf(from), ...bytesOf(to)], 26);
  frame.writeUInt16BE(ports[0], 34);
  frame.writeUInt16BE(ports[1], 36);
  frame.writeUInt16BE(frame.length - 34, 38);
  frame[42] = flags;
  frame.write('a frame inside', 50);
  if (summed) frame.writeUInt16BE(checksum(frame), checksumAt);
  return frame;
}

/** Of the UDP datagram as it stands, with a checksum field of 0 (RFC 768). */
function checksum(frame: Buffer): number {
  const udp = Buffer.from(frame.subarray(34));
  udp.writeUInt16BE(0, 6);
  let sum = 17 + udp.length;
  for (const part of [frame.subarray(26, 34), udp])
    for (let at = 0; at < part.length; at += 2) sum += part.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff || 0xffff;
}

describeLab('programs that let VXLAN through NATs', ['root', 'bpf', 'clang', 'libbpf'], () => {
  let object: LoadedObject;
  const run = (name: 'punch_in' | 'punch_out', frame: Buffer): Buffer => {
    const { action, frame: after } = runProgram(object.program(name), frame);
    expect(action).toBe(unspecified);
    return after;
  };

  beforeAll(() => {
    object = LoadedObject.load(objectFile(undefined, 'punch'));
    const peers: BpfMap = object.map('punch_peers', 4, 4);
    const ports = Buffer.alloc(4);
    ports.writeUInt16BE(publicPort, 0);
    ports.writeUInt16BE(localPort, 2);
    peers.set(Buffer.from(bytesOf(peer)), ports);
  });
  afterAll(() => object?.close());

  it.each([false, true])('send VXLAN from and to the punched ports, and take it back (checksum: %s)', (summed) => {
    const out: Datagram = { from: host, to: peer, ports: [50_123, vxlanPort], summed };
    expect(run('punch_out', datagram(out))).toEqual(datagram({ ...out, ports: [localPort, publicPort] }));
    const back: Datagram = { from: peer, to: host, ports: [publicPort, localPort], summed };
    expect(run('punch_in', datagram(back))).toEqual(datagram({ ...back, ports: [publicPort, vxlanPort] }));
    expect(run('punch_in', datagram({ ...back, flags: 0x08 })).readUInt16BE(36)).toBe(vxlanPort);
  });

  it.each<[string, 'punch_in' | 'punch_out', Datagram]>([
    ['VXLAN to another host', 'punch_out', { from: host, to: stranger, ports: [50_123, vxlanPort] }],
    ['another port of the peer', 'punch_out', { from: host, to: peer, ports: [localPort, 3478] }],
    ['a fragment', 'punch_out', { from: host, to: peer, ports: [50_123, vxlanPort], fragment: 0x2000 }],
    ['what comes from elsewhere', 'punch_in', { from: stranger, to: host, ports: [publicPort, localPort] }],
    ['another port of the peer’s NAT', 'punch_in', { from: peer, to: host, ports: [publicPort + 1, localPort] }],
    ['another port of this host', 'punch_in', { from: peer, to: host, ports: [publicPort, localPort + 1] }],
    ['a STUN message', 'punch_in', { from: peer, to: host, ports: [publicPort, localPort], flags: 0x01 }],
  ])('leave alone: %s', (_name, program, what) => {
    const frame = datagram(what);
    expect(run(program, frame)).toEqual(frame);
  });

  it('leave alone: frames that are cut, or not IPv4', () => {
    const whole = datagram({ from: peer, to: host, ports: [publicPort, localPort] });
    for (const length of [34, 41, 42]) {
      const cut = whole.subarray(0, length);
      expect(run('punch_in', cut)).toEqual(cut);
    }
    const ipv6 = Buffer.from(whole);
    ipv6.writeUInt16BE(0x86dd, 12);
    expect(run('punch_in', ipv6)).toEqual(ipv6);
  });
});
