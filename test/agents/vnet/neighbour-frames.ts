import fc from 'fast-check';
import { arp, discovery, groupMacOf, ipv6Bytes, linkLocal, macBytes, solicitedNode } from './packets.js';

/** Whoever is in the networks of these frames, and whoever is not. */
export const macs = [
  '02:00:00:00:00:01',
  '02:00:00:00:00:02',
  '0a:1b:2c:3d:4e:5f',
  '52:54:00:ff:fe:ff',
  '02:00:00:00:00:99',
];
export const addresses = ['10.0.0.1', '10.0.0.2', '192.168.255.254', '172.16.0.1', '10.0.0.99', '0.0.0.0'];
const broadcast = 'ff:ff:ff:ff:ff:ff';

const mac = fc.constantFrom(...macs);
const address = fc.constantFrom(...addresses);
/** Mostly the first. */
const rarely = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)));

const arpFrame: fc.Arbitrary<Buffer> = fc
  .record({ from: mac, other: mac, sender: address, target: address, tail: fc.nat(20) })
  .chain(({ from, other, sender, target, tail }) =>
    fc
      .record({
        to: rarely(broadcast, other),
        senderMac: rarely(from, other),
        operation: rarely(1, 2, 3),
        targetMac: fc.constant('00:00:00:00:00:00'),
      })
      .map((rest) => Buffer.concat([arp({ from, sender, target, ...rest }), Buffer.alloc(tail, 0x5a)])),
  );

const option = (kind: number, content: string): Buffer => Buffer.concat([Buffer.from([kind, 1]), macBytes(content)]);

const discoveryFrame: fc.Arbitrary<Buffer> = fc
  .record({ from: mac, asked: mac, other: mac })
  .chain(({ from, asked, other }) => {
    const target = linkLocal(asked);
    const [marred, broken] = [Buffer.from(target), Buffer.from(target)];
    marred.writeUInt8(0xfd, 12);
    broken.writeUInt8(0xfe, 11);
    return fc
      .record({
        type: rarely(135, 136, 128),
        source: rarely(linkLocal(from), ipv6Bytes('::'), ipv6Bytes('ff02::1'), ipv6Bytes('2001:db8::7')),
        target: rarely(target, ipv6Bytes('2001:db8::8'), ipv6Bytes('fe80::1'), marred, broken),
        destination: rarely(solicitedNode(target), target, ipv6Bytes('ff02::1')),
        to: rarely(groupMacOf(solicitedNode(target)), asked),
        options: rarely(option(1, from), Buffer.alloc(0), option(1, other), option(14, from), Buffer.alloc(16, 1)),
        hops: rarely(255, 64),
        flags: rarely(0, 0x6000),
      })
      .map((rest) => discovery({ from, ...rest }));
  });

/** Questions for neighbours as they should be, and in any way nearly so. */
export const neighbourFrame = fc.oneof(arpFrame, discoveryFrame);

/** Changes a few bytes, and may cut the frame short, to no less than an Ethernet header. */
export function damaged(frame: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
  const cut = fc.option(fc.nat(), { freq: 2 });
  return fc.tuple(frame, edits, cut).map(([original, changes, length]) => {
    const bytes = Buffer.from(original);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return length === null ? bytes : bytes.subarray(0, 14 + (length % (bytes.length - 13)));
  });
}
