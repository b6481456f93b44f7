import fc from 'fast-check';
import { ethernet, etherType, ipv4, ipv6, ipv6Bytes, protocol, tcp, tcpFlag } from './packets.js';
import { summed } from './size-reference.js';

const here = '02:00:00:00:00:01';
const there = '02:00:00:00:00:02';

/** Mostly the first. */
const rarely = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)));

const mss = (value: number): Buffer => Buffer.from([2, 4, value >> 8, value & 0xff]);
const tcpOption = fc.oneof(
  fc.nat(0xffff).map(mss),
  fc.integer({ min: 1380, max: 1470 }).map(mss),
  fc.constantFrom(
    Buffer.from([1]),
    Buffer.from([0]),
    Buffer.from([3, 3, 7]),
    Buffer.from([4, 2]),
    Buffer.from([8, 10, 1, 2, 3, 4, 5, 6, 7, 8]),
    Buffer.from([253, 5, 2, 4, 255]),
    Buffer.from([2, 3, 9]),
    Buffer.from([7, 0]),
    Buffer.from([7, 1]),
    Buffer.from([7, 200]),
  ),
);
const tcpOptions = fc
  .array(tcpOption, { maxLength: 12 })
  .map((options) => Buffer.concat(options))
  .map((bytes) => bytes.subarray(0, 40));

const ipOptions = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.integer({ min: 1, max: 10 }).map((wordCount) => Buffer.alloc(wordCount * 4, 1)),
);
const fragment = rarely(0x4000, 0, 0x2000, 0x2001, 0x00b9);
const addresses4 = fc.record({
  source: rarely('10.0.0.1', '0.0.0.0', '127.0.0.1', '224.0.0.5', '255.255.255.255', '223.255.255.255'),
  destination: rarely('192.168.7.9', '239.1.2.3', '255.255.255.255', '1.2.3.4'),
});
const addresses6 = fc.record({
  source: rarely(ipv6Bytes('2001:db8::1'), ipv6Bytes('::'), ipv6Bytes('ff02::1'), ipv6Bytes('fe80::1')),
  destination: rarely(ipv6Bytes('2001:db8::2'), ipv6Bytes('ff02::2')),
});
const ends = fc.record({
  to: rarely(there, '33:33:00:00:00:02', 'ff:ff:ff:ff:ff:ff'),
  from: rarely(here, '03:00:00:00:00:01'),
});

interface Content {
  protocol: number;
  payload: Buffer;
}

function framed(content: fc.Arbitrary<Content>): fc.Arbitrary<Buffer> {
  const version4 = fc.record({ ends, addresses: addresses4, options: ipOptions, fragment, content }).map((each) => {
    const packet = ipv4({ ...each.addresses, ...each.content, options: each.options, fragment: each.fragment });
    return ethernet(each.ends.to, each.ends.from, etherType.ipv4, packet);
  });
  const version6 = fc.record({ ends, addresses: addresses6, content }).map(({ ends, addresses, content }) => {
    const packet = ipv6({ ...addresses, next: content.protocol, payload: content.payload });
    return ethernet(ends.to, ends.from, etherType.ipv6, packet);
  });
  return fc.oneof(version4, version6).map(summed);
}

const flags = rarely(tcpFlag.syn, tcpFlag.syn | tcpFlag.ack, tcpFlag.ack, 0xff);
const content = (length: number, fill: number): Buffer => Buffer.alloc(length, fill);
const length = fc.oneof(fc.nat(60), fc.integer({ min: 1380, max: 1480 }), fc.nat(3000));

/** Segments that mostly open a connection, with all kinds of options. */
export const openingFrame = framed(
  fc.record({ flags, tcpOptions, payload: fc.nat(40), fill: fc.nat(255) }).map((each) => ({
    protocol: protocol.tcp,
    payload: tcp(each.flags, each.tcpOptions, content(each.payload, each.fill)),
  })),
);

/** Packets of all lengths around the MTU and beyond. */
export const sizedFrame = framed(
  fc.record({ protocol: fc.constantFrom(...Object.values(protocol), 47), type: fc.nat(255), length }).map((each) => ({
    protocol: each.protocol,
    payload:
      each.protocol === protocol.tcp
        ? tcp(each.type, Buffer.alloc(0), content(each.length, each.type))
        : content(each.length + 8, each.type),
  })),
);
