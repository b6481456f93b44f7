/** Frames byte by byte, with checksums computed from scratch. */

export const etherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const protocol = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;
export const ethernetLength = 14;

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** @param groups of the address, written out, or `::` */
export function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::').map((part) => words(part.split(':').filter(Boolean)));
  return Buffer.concat([
    Buffer.from(head, 'hex'),
    Buffer.alloc(16 - (head.length + tail.length) / 2),
    Buffer.from(tail, 'hex'),
  ]);
}

const words = (parts: string[]): string => parts.map((part) => part.padStart(4, '0')).join('');

/** The link-local address that RFC 4291, appendix A, makes of an Ethernet address. */
export function linkLocal(mac: string): Buffer {
  const [first = 0, ...rest] = macBytes(mac);
  return Buffer.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)]);
}

/** The group that asks for an address (RFC 4291, 2.7.1). */
export function solicitedNode(address: Buffer): Buffer {
  return Buffer.concat([ipv6Bytes('ff02::1:ff00:0').subarray(0, 13), address.subarray(13)]);
}

/** The Ethernet address of an IPv6 group (RFC 2464, 7). */
export function groupMacOf(address: Buffer): string {
  return ['33', '33', ...[...address.subarray(12)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** One's complement sum of 16-bit words (RFC 1071); an odd byte at the end counts as the first of its word. */
export function onesSum(...parts: Buffer[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

export function ethernet(to: string, from: string, type: number, payload: Buffer): Buffer {
  return Buffer.concat([macBytes(to), macBytes(from), word(type), payload]);
}

export function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

export interface Ipv4 {
  source: string;
  destination: string;
  protocol: number;
  payload: Buffer;
  /** A multiple of 4 bytes, at most 40. */
  options?: Buffer;
  /** Flags and offset. */
  fragment?: number;
  precedence?: number;
}

export function ipv4(packet: Ipv4): Buffer {
  const { options = Buffer.alloc(0), fragment = 0x4000, precedence = 0, payload } = packet;
  const length = 20 + options.length + payload.length;
  const header = Buffer.concat([
    Buffer.from([0x45 + options.length / 4, precedence]),
    word(length),
    word(0),
    word(fragment),
    Buffer.from([64, packet.protocol, 0, 0]),
    ipv4Bytes(packet.source),
    ipv4Bytes(packet.destination),
    options,
  ]);
  header.writeUInt16BE(0xffff - onesSum(header), 10);
  return Buffer.concat([header, payload]);
}

export interface Ipv6 {
  source: Buffer;
  destination: Buffer;
  next: number;
  payload: Buffer;
  hops?: number;
}

export function ipv6({ source, destination, next, payload, hops = 64 }: Ipv6): Buffer {
  const fixed = Buffer.concat([Buffer.from([0x60, 0, 0, 0]), word(payload.length), Buffer.from([next, hops])]);
  return Buffer.concat([fixed, source, destination, payload]);
}

/** What the checksums of TCP, UDP and ICMPv6 cover before their own header; addresses of 4 or 16 bytes. */
export function pseudoHeader(source: Buffer, destination: Buffer, next: number, length: number): Buffer {
  return Buffer.concat([source, destination, word(next), word(length)]);
}

/** A message with the checksum at `at` that makes its sum right. */
export function withChecksum(message: Buffer, at: number, pseudo: Buffer = Buffer.alloc(0)): Buffer {
  const result = Buffer.from(message);
  result.writeUInt16BE(0, at);
  result.writeUInt16BE(0xffff - onesSum(pseudo, result), at);
  return result;
}

export const tcpFlag = { syn: 2, ack: 16 } as const;

/** A TCP segment without its checksum. */
export function tcp(flags: number, options: Buffer, payload: Buffer = Buffer.alloc(0)): Buffer {
  const padded = Buffer.concat([options, Buffer.alloc(-options.length & 3)]);
  const fixed = Buffer.from([
    0x9c,
    0x40,
    0,
    80,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    (5 + padded.length / 4) << 4,
    flags,
    0xff,
    0xff,
    0,
    0,
    0,
    0,
  ]);
  return Buffer.concat([fixed, padded, payload]);
}

export interface Arp {
  to: string;
  from: string;
  operation: number;
  senderMac: string;
  sender: string;
  targetMac: string;
  target: string;
}

export function arp(fields: Arp): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 1, 8, 0, 6, 4]),
    word(fields.operation),
    macBytes(fields.senderMac),
    ipv4Bytes(fields.sender),
    macBytes(fields.targetMac),
    ipv4Bytes(fields.target),
  ]);
  return ethernet(fields.to, fields.from, etherType.arp, body);
}

/** A neighbour solicitation (135) or advertisement (136) in IPv6. */
export interface Discovery {
  type: number;
  to: string;
  from: string;
  source: Buffer;
  destination: Buffer;
  target: Buffer;
  flags?: number;
  options?: Buffer;
  hops?: number;
}

export function discovery(fields: Discovery): Buffer {
  const { source, destination, options = Buffer.alloc(0), flags = 0, hops = 255 } = fields;
  const bare = Buffer.concat([Buffer.from([fields.type, 0, 0, 0]), word(flags), word(0), fields.target, options]);
  const payload = withChecksum(bare, 2, pseudoHeader(source, destination, protocol.icmp6, bare.length));
  const packet = ipv6({ source, destination, next: protocol.icmp6, payload, hops });
  return ethernet(fields.to, fields.from, etherType.ipv6, packet);
}
