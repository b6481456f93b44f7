import {
  ethernet,
  ethernetLength,
  etherType,
  ipv4,
  ipv6,
  onesSum,
  protocol,
  pseudoHeader,
  tcpFlag,
  withChecksum,
  word,
} from './packets.js';

/** Where a TCP segment lies in a frame, and what its checksum covers besides. */
interface Segment {
  at: number;
  end: number;
  pseudo: Buffer;
}

const macText = (bytes: Buffer): string => bytes.toString('hex').replace(/(..)(?!$)/g, '$1:');
const ipv4Text = (bytes: Buffer): string => [...bytes].join('.');
const isHost = (address: Buffer): boolean => {
  const [first = 0] = address;
  return first > 0 && first < 224 && first !== 127;
};

/** The TCP segment of a frame, if it is whole and no later fragment of one. */
export function segmentOf(frame: Buffer): Segment | undefined {
  const type = frame.readUInt16BE(12);
  const packet = frame.subarray(ethernetLength);
  const [header, length] =
    type === etherType.ipv4 && packet.length >= 20 && packet.readUInt8(0) >> 4 === 4
      ? [(packet.readUInt8(0) & 15) * 4, packet.readUInt16BE(2)]
      : type === etherType.ipv6 && packet.length >= 40 && packet.readUInt8(0) >> 4 === 6
        ? [40, 40 + packet.readUInt16BE(4)]
        : [0, 0];
  const version4 = type === etherType.ipv4;
  if (header < 20 || length > packet.length || length < header + 20) return undefined;
  if (packet[version4 ? 9 : 6] !== protocol.tcp || (version4 && packet.readUInt16BE(6) & 0x1fff)) return undefined;
  const addresses = version4 ? [12, 16, 20] : [8, 24, 40];
  const [source, destination] = [
    packet.subarray(addresses[0], addresses[1]),
    packet.subarray(addresses[1], addresses[2]),
  ];
  const pseudo = pseudoHeader(source, destination, protocol.tcp, length - header);
  return { at: ethernetLength + header, end: ethernetLength + length, pseudo };
}

/** One's complement sum over a segment and its pseudo-header: 65535 if its checksum is right. */
export function segmentSum(frame: Buffer, { at, end, pseudo }: Segment): number {
  return onesSum(pseudo, frame.subarray(at, end));
}

/** Where the value of the MSS option is in the frame, if the segment opens a connection and has one. */
function mssAt(frame: Buffer, { at, end }: Segment): number | undefined {
  const options = at + (frame.readUInt8(at + 12) >> 4) * 4;
  if (!(frame.readUInt8(at + 13) & tcpFlag.syn) || options > end) return undefined;
  for (let place = at + 20; place + 4 <= options; ) {
    const [kind = 0, length = 0] = frame.subarray(place);
    if (kind === 0) return undefined;
    if (kind === 2) return length === 4 ? place + 2 : undefined;
    if (kind !== 1 && length < 2) return undefined;
    place += kind === 1 ? 1 : length;
  }
  return undefined;
}

/** The frame with its MSS at most what the MTU leaves; its checksum is as it was, so that the sum has to be compared. */
export function clamped(frame: Buffer, mtu: number): Buffer {
  const segment = segmentOf(frame);
  const place = segment && mssAt(frame, segment);
  if (place === undefined) return frame;
  const result = Buffer.from(frame);
  const most = mtu - (frame.readUInt16BE(12) === etherType.ipv4 ? 40 : 60);
  result.writeUInt16BE(Math.min(result.readUInt16BE(place), most), place);
  return result;
}

/** Bytes of the largest frame that this one is or becomes. */
export function largestFrame(frame: Buffer, segmentBytes: number): number {
  if (segmentBytes === 0) return frame.length;
  const type = frame.readUInt16BE(12);
  const version4 = type === etherType.ipv4;
  if (!version4 && type !== etherType.ipv6) return ethernetLength + segmentBytes;
  const transport = ethernetLength + (version4 ? ((frame[14] ?? 0) & 15) * 4 : 40);
  const next = frame[ethernetLength + (version4 ? 9 : 6)];
  const own = next === protocol.udp ? 8 : next === protocol.tcp ? ((frame[transport + 12] ?? 0) >> 4) * 4 : 0;
  return transport + own + segmentBytes;
}

/** The error for a frame that is too big for `mtu`; undefined: its sender is not told. In its own words, not those of the core. */
export function expectedError(frame: Buffer, mtu: number, segmentBytes = 0): Buffer | undefined {
  const [to, from] = [frame.subarray(0, 6), frame.subarray(6, 12)];
  if (((to[0] ?? 0) | (from[0] ?? 0)) & 1) return undefined;
  const type = frame.readUInt16BE(12);
  const packet = frame.subarray(ethernetLength);
  const believable = (length: number): boolean => segmentBytes > 0 || (length > mtu && length <= packet.length);
  const error =
    type === etherType.ipv4
      ? fragmentationNeeded(packet, mtu, believable)
      : type === etherType.ipv6
        ? packetTooBig(packet, mtu, believable)
        : undefined;
  return error && ethernet(macText(from), macText(to), type, error);
}

type Believable = (length: number) => boolean;

function fragmentationNeeded(packet: Buffer, mtu: number, believable: Believable): Buffer | undefined {
  const header = (packet.readUInt8(0) & 15) * 4;
  if (packet.readUInt8(0) >> 4 !== 4 || header < 20 || onesSum(packet.subarray(0, header)) !== 0xffff) return undefined;
  const [source, destination] = [packet.subarray(12, 16), packet.subarray(16, 20)];
  if (!believable(packet.readUInt16BE(2)) || packet.readUInt16BE(6) & 0x1fff) return undefined;
  if (!isHost(source) || !isHost(destination)) return undefined;
  const aboutErrors = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12];
  if (packet[9] === protocol.icmp && aboutErrors.includes(packet.readUInt8(header))) return undefined;
  const message = Buffer.concat([Buffer.from([3, 4, 0, 0, 0, 0]), word(mtu), packet.subarray(0, 576 - 28)]);
  const payload = withChecksum(message, 2);
  const addresses = { source: ipv4Text(destination), destination: ipv4Text(source) };
  return ipv4({ ...addresses, protocol: protocol.icmp, precedence: 0xc0, payload });
}

function packetTooBig(packet: Buffer, mtu: number, believable: Believable): Buffer | undefined {
  const [source, destination] = [packet.subarray(8, 24), packet.subarray(24, 40)];
  if (packet.readUInt8(0) >> 4 !== 6 || !believable(40 + packet.readUInt16BE(4))) return undefined;
  if (source[0] === 0xff || destination[0] === 0xff || source.equals(Buffer.alloc(16))) return undefined;
  if (packet[6] === protocol.icmp6 && packet.readUInt8(40) < 128) return undefined;
  const quote = packet.subarray(0, (mtu < 1280 ? 576 : 1280) - 48);
  const message = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0]), word(mtu), quote]);
  const pseudo = pseudoHeader(destination, source, protocol.icmp6, message.length);
  return ipv6({
    source: destination,
    destination: source,
    next: protocol.icmp6,
    payload: withChecksum(message, 2, pseudo),
  });
}

/** A frame of a TCP segment with the checksum that belongs there. */
export function summed(frame: Buffer): Buffer {
  const segment = segmentOf(frame);
  if (!segment) return frame;
  const whole = withChecksum(frame.subarray(segment.at, segment.end), 16, segment.pseudo);
  return Buffer.concat([frame.subarray(0, segment.at), whole, frame.subarray(segment.end)]);
}
