import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeLab } from '../../environment.js';
import { damaged } from './neighbour-frames.js';
import { PacketPrograms } from './packet-programs.js';
import { ethernet, etherType, ipv4, ipv6, ipv6Bytes, protocol, tcp, tcpFlag } from './packets.js';
import { redirect, shot, unspecified } from './program-run.js';
import { clamped, expectedError, largestFrame, segmentOf, segmentSum, summed } from './size-reference.js';
import { openingFrame, sizedFrame } from './sized-frames.js';

const mtu = 1450;
const [here, there] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const hosts4 = { source: '10.0.0.1', destination: '10.0.0.2' };
const hosts6 = { source: ipv6Bytes('2001:db8::1'), destination: ipv6Bytes('2001:db8::2') };
const inIpv4 = (next: number, payload: Buffer, more: { options?: Buffer; fragment?: number } = {}): Buffer =>
  summed(ethernet(there, here, etherType.ipv4, ipv4({ ...hosts4, ...more, protocol: next, payload })));
const inIpv6 = (next: number, payload: Buffer): Buffer =>
  summed(ethernet(there, here, etherType.ipv6, ipv6({ ...hosts6, next, payload })));
const mss = (value: number): Buffer => Buffer.from([2, 4, value >> 8, value & 0xff]);
const opening = (...options: Buffer[]): Buffer => tcp(tcpFlag.syn, Buffer.concat(options));
const none = Buffer.from([1]);
/** A packet that is `length` bytes long and is to be answered if that is too long. */
const udp4 = (length: number, fragment = 0x4000): Buffer =>
  inIpv4(protocol.udp, Buffer.alloc(length - 20, 0x61), { fragment });
const udp6 = (length: number): Buffer => inIpv6(protocol.udp, Buffer.alloc(length - 40, 0x61));

describeLab('sizes in the kernel', ['root', 'bpf', 'clang', 'libbpf'], () => {
  let programs: PacketPrograms;
  beforeAll(() => {
    programs = PacketPrograms.load();
  });
  beforeEach(() => programs.forgetErrors());
  afterAll(() => programs?.close());

  const expectPassed = (frame: Buffer, segmentBytes = 0): void => {
    const result = programs.size(frame, mtu, segmentBytes);
    expect(result.action).toBe(unspecified);
    expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
  };
  const expectDropped = (frame: Buffer, segmentBytes = 0): void => {
    const result = programs.size(frame, mtu, segmentBytes);
    expect(result.action).toBe(shot);
  };
  const expectRefused = (frame: Buffer, segmentBytes = 0, most = mtu): void => {
    const { action, frame: answer } = programs.size(frame, most, segmentBytes);
    expect(action).toBe(redirect);
    expect(answer.toString('hex')).toBe(expectedError(frame, most, segmentBytes)?.toString('hex'));
  };

  it.each([
    ['IPv4', inIpv4(protocol.tcp, opening(mss(1460))), inIpv4(protocol.tcp, opening(mss(1410)))],
    ['IPv6', inIpv6(protocol.tcp, opening(mss(1440))), inIpv6(protocol.tcp, opening(mss(1390)))],
    [
      'IPv4 with options of its own',
      inIpv4(protocol.tcp, opening(mss(1460)), { options: Buffer.alloc(40, 1) }),
      inIpv4(protocol.tcp, opening(mss(1410)), { options: Buffer.alloc(40, 1) }),
    ],
    [
      'IPv4, in an odd place',
      inIpv4(protocol.tcp, opening(none, mss(65535))),
      inIpv4(protocol.tcp, opening(none, mss(1410))),
    ],
    [
      'IPv4, in the last place',
      inIpv4(protocol.tcp, opening(...Array(36).fill(none), mss(65535))),
      inIpv4(protocol.tcp, opening(...Array(36).fill(none), mss(1410))),
    ],
  ])('tell TCP of the MTU: %s', (_, frame, expected) => {
    const result = programs.size(frame, mtu);
    expect(result.action).toBe(unspecified);
    expect(result.frame.toString('hex')).toBe(expected.toString('hex'));
  });

  it('leave TCP alone that asks for less, or opens nothing, or is broken', () => {
    expectPassed(inIpv4(protocol.tcp, opening(mss(1410))));
    expectPassed(inIpv6(protocol.tcp, opening(mss(536))));
    expectPassed(inIpv4(protocol.tcp, tcp(tcpFlag.ack, mss(1460))));
    expectPassed(inIpv4(protocol.tcp, opening(mss(1460)), { fragment: 0x2001 }));
    expectPassed(inIpv4(protocol.tcp, opening(Buffer.from([9, 0]), mss(1460))));
    expectPassed(inIpv4(protocol.tcp, opening(Buffer.from([0, 0]), mss(1460))));
    expectPassed(inIpv4(protocol.udp, opening(mss(1460))));
  });

  it('change the MSS and nothing else of any segment, and keep its sum', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.oneof(openingFrame, damaged(openingFrame)), (frame) => {
        const expected = Buffer.from(clamped(frame, mtu));
        const result = programs.size(frame, mtu);
        expect(result.action).toBe(unspecified);
        const segment = segmentOf(frame);
        if (!segment || expected.equals(frame)) {
          expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
          return;
        }
        changed++;
        expect(segmentSum(result.frame, segment) % 0xffff).toBe(segmentSum(frame, segment) % 0xffff);
        result.frame.copy(expected, segment.at + 16, segment.at + 16, segment.at + 18);
        expect(result.frame.toString('hex')).toBe(expected.toString('hex'));
      }),
      { seed: 41, numRuns: 8_000 },
    );
    expect(changed).toBeGreaterThan(400);
  });

  it('refuse IPv4 packets that are too big with the MTU', () => {
    expectPassed(udp4(mtu));
    expectRefused(udp4(mtu + 1));
    const { frame } = programs.size(udp4(1500), mtu);
    // Type of service 0xc0, 576 bytes, DF, TTL 64, ICMP; fragmentation needed, 1450 = 0x05aa; the quote begins.
    expect(frame.toString('hex', 14, 24)).toBe('45c00240000040004001');
    expect(frame.toString('hex', 26, 36)).toBe('0a0000020a0000010304');
    expect(frame.toString('hex', 38, 54)).toBe('000005aa450005dc000040004011210f');
    expect(frame.length).toBe(14 + 576);
  });

  it('refuse IPv4 packets that may be fragmented likewise, and say nothing of later fragments', () => {
    expectRefused(udp4(1500, 0));
    expectRefused(udp4(1500, 0x2000));
    expectDropped(udp4(1500, 0x2001));
  });

  it('refuse IPv6 packets that are too big, with as much of them as the least MTU has room for', () => {
    expectPassed(udp6(mtu));
    expectRefused(udp6(mtu + 1));
    expect(programs.size(udp6(1500), mtu).frame.length).toBe(14 + 1280);
    expectRefused(udp6(1001), 0, 1000);
    expect(programs.size(udp6(1500), 1000).frame.length).toBe(14 + 576);
  });

  it('answer no errors, groups or broken packets', () => {
    const icmp = (type: number, next: number): Buffer => {
      const payload = Buffer.concat([Buffer.from([type]), Buffer.alloc(1450)]);
      return next === protocol.icmp ? inIpv4(next, payload) : inIpv6(next, payload);
    };
    for (const type of [3, 4, 5, 11, 12]) expectDropped(icmp(type, protocol.icmp));
    for (const type of [1, 2, 3, 4]) expectDropped(icmp(type, protocol.icmp6));
    expectRefused(icmp(8, protocol.icmp));
    expectRefused(icmp(128, protocol.icmp6));
    const broken = udp4(1500);
    for (const at of [0, 6, 14, 24]) {
      const frame = Buffer.from(broken);
      frame.writeUInt8(frame.readUInt8(at) ^ 1, at);
      expectDropped(frame);
    }
    expectDropped(Buffer.concat([udp4(1000), Buffer.alloc(1000)]));
    expectDropped(ethernet(there, here, 0x88b5, Buffer.alloc(1451)));
    expectPassed(ethernet(there, here, 0x88b5, Buffer.alloc(1450)));
  });

  it('judge offloaded frames by their segments', () => {
    const bulk = (flags: number): Buffer => inIpv4(protocol.tcp, tcp(flags, Buffer.alloc(12, 1), Buffer.alloc(3000)));
    expectPassed(bulk(tcpFlag.ack), 1398);
    expectRefused(bulk(tcpFlag.ack), 1399);
    const bulk6 = inIpv6(protocol.tcp, tcp(tcpFlag.ack, Buffer.alloc(0), Buffer.alloc(3000)));
    expectPassed(bulk6, 1390);
    expectRefused(bulk6, 1391);
    expectPassed(inIpv4(protocol.udp, Buffer.alloc(3000)), 1422);
    expectRefused(inIpv4(protocol.udp, Buffer.alloc(3000)), 1423);
  });

  it('leave room for a tag in a VLAN, and change nothing else there', () => {
    const vlan = 5;
    for (const frame of [udp4(mtu - 4), inIpv4(protocol.tcp, opening(mss(1460)))]) {
      const result = programs.size(frame, mtu, 0, vlan);
      expect(result.action).toBe(unspecified);
      expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
    }
    const { action, frame } = programs.size(udp4(mtu - 3), mtu, 0, vlan);
    expect(action).toBe(redirect);
    expect(frame.toString('hex')).toBe(expectedError(udp4(mtu - 3), mtu - 4)?.toString('hex'));
  });

  it.each([
    ['opens TCP over IPv4', inIpv4(protocol.tcp, opening(mss(1460)))],
    ['opens TCP over IPv6', inIpv6(protocol.tcp, opening(none, mss(1460)))],
  ])('leave a frame that %s alone wherever it is cut', (_, frame) => {
    for (let length = 14; length < frame.length; length++) expectPassed(frame.subarray(0, length));
  });

  it('pass, refuse and drop what the reference does', () => {
    const seen = { passed: 0, refused: 0, dropped: 0 };
    const segments = fc.oneof(fc.constant(0), fc.integer({ min: 1300, max: 1500 }));
    const networkMtu = fc.constantFrom(576, 1000, 1279, 1280, mtu);
    fc.assert(
      fc.property(fc.oneof(sizedFrame, damaged(sizedFrame)), segments, networkMtu, (frame, wanted, most) => {
        const segmentBytes = frame.length > wanted + 200 ? wanted : 0;
        programs.forgetErrors();
        const result = programs.size(frame, most, segmentBytes);
        const fits = frame.length <= 14 + most || largestFrame(frame, segmentBytes) <= 14 + most;
        const expected = fits ? clamped(frame, most) : expectedError(frame, most, segmentBytes);
        seen[fits ? 'passed' : expected ? 'refused' : 'dropped']++;
        expect(result.action).toBe(fits ? unspecified : expected ? redirect : shot);
        if (expected) expect(result.frame.toString('hex')).toBe(expected.toString('hex'));
      }),
      { seed: 42, numRuns: 8_000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(400);
  });

  it('send a device so many errors at once, and one a millisecond after that', () => {
    const burst = 64;
    const began = performance.now();
    const refused = Array.from({ length: 1000 }, () => programs.size(udp4(1500), mtu).action);
    const sent = refused.filter((action) => action === redirect).length;
    expect(sent).toBeGreaterThanOrEqual(burst);
    expect(sent).toBeLessThanOrEqual(burst + 1 + (performance.now() - began));
    expect(refused.filter((action) => action === shot)).toHaveLength(1000 - sent);
  });
});
