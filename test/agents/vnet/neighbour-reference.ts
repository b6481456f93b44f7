import type { Neighbour } from '../../../schema/generated/types.js';
import {
  arp,
  discovery,
  etherType,
  ipv6Bytes,
  linkLocal,
  macBytes,
  onesSum,
  protocol,
  pseudoHeader,
  solicitedNode,
} from './packets.js';

const macText = (bytes: Buffer): string => bytes.toString('hex').replace(/(..)(?!$)/g, '$1:');
const ipv4Text = (bytes: Buffer): string => [...bytes].join('.');
const isGroup = (mac: Buffer): boolean => ((mac[0] ?? 0) & 1) === 1;

/** The frame that answers `frame` in a network of these neighbours; undefined: it goes on. In its own words, not those of the core. */
export function expectedAnswer(frame: Buffer, neighbours: readonly Neighbour[]): Buffer | undefined {
  const [to, from] = [frame.subarray(0, 6), frame.subarray(6, 12)];
  if (!isGroup(to) || isGroup(from)) return undefined;
  const type = frame.readUInt16BE(12);
  if (type === etherType.arp) return expectedReply(frame, neighbours);
  return type === etherType.ipv6 ? expectedAdvertisement(frame, neighbours) : undefined;
}

function expectedReply(frame: Buffer, neighbours: readonly Neighbour[]): Buffer | undefined {
  if (frame.length < 42 || frame.toString('hex', 14, 22) !== '0001080006040001') return undefined;
  const from = macText(frame.subarray(6, 12));
  const [senderMac, sender] = [macText(frame.subarray(22, 28)), ipv4Text(frame.subarray(28, 32))];
  const target = ipv4Text(frame.subarray(38, 42));
  const mac = neighbours.find(({ address }) => address === target)?.mac;
  if (senderMac !== from || sender === '0.0.0.0' || sender === target || mac === undefined || mac === from)
    return undefined;
  const reply = arp({
    to: from,
    from: mac,
    operation: 2,
    senderMac: mac,
    sender: target,
    targetMac: from,
    target: sender,
  });
  return Buffer.concat([reply, frame.subarray(42)]);
}

function expectedAdvertisement(frame: Buffer, neighbours: readonly Neighbour[]): Buffer | undefined {
  if (frame.length < 78) return undefined;
  const packet = frame.subarray(14);
  const length = packet.readUInt16BE(4);
  if (packet.readUInt8(0) >> 4 !== 6 || packet[6] !== protocol.icmp6 || packet[7] !== 255) return undefined;
  if ((length !== 24 && length !== 32) || packet.length < 40 + length) return undefined;
  const [source, destination] = [packet.subarray(8, 24), packet.subarray(24, 40)];
  const message = packet.subarray(40, 40 + length);
  if (message.readUInt16BE(0) !== 135 << 8) return undefined;
  if (onesSum(pseudoHeader(source, destination, protocol.icmp6, length), message) !== 0xffff) return undefined;
  const from = macText(frame.subarray(6, 12));
  if (length === 32 && !message.subarray(24).equals(Buffer.concat([Buffer.from([1, 1]), macBytes(from)])))
    return undefined;
  if (source.equals(ipv6Bytes('::')) || source[0] === 0xff) return undefined;
  const target = message.subarray(8, 24);
  const mac = neighbours.find((each) => linkLocal(each.mac).equals(target))?.mac;
  if (mac === undefined || mac === from || !destination.equals(solicitedNode(target))) return undefined;
  const options = Buffer.concat([Buffer.from([2, 1]), macBytes(mac)]);
  return discovery({
    type: 136,
    to: from,
    from: mac,
    source: target,
    destination: source,
    target,
    flags: 0x6000,
    options,
  });
}
