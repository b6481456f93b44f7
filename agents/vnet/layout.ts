import { endianness } from 'node:os';

/** Structures of agents/native/vnet.h as bytes; sizes and offsets are compared with the compiler's by a test. */
export const layout = {
  frameKey: { size: 16, table: 0, source: 4, destination: 10 },
  action: { size: 12, kind: 0, excluded: 2, target: 8 },
  link: { size: 24, kind: 0, device: 4, remote: 8, local: 12, remotePort: 16, localPort: 18, stamped: 20 },
  linkEnd: { size: 8, device: 0, remote: 4 },
  liveness: { size: 48, heardNs: 0, confirmedNs: 8, firstNs: 16, largeNs: 24, seenNs: 32, unstampsNs: 40 },
  record: {
    size: 32,
    atNs: 0,
    mark: 8,
    bytes: 12,
    link: 16,
    segments: 18,
    kind: 20,
    number: 21,
    isAfterGap: 22,
    header: 23,
    flow: 24,
  },
  span: { size: 24, paidNs: 0, resumeNs: 8, acknowledged: 16 },
  linkTraffic: { size: 16, sentBytes: 0, receivedBytes: 8 },
  network: { size: 12, vni: 0, mtu: 4, classes: 8 },
  port: { size: 12, network: 0, mac: 4 },
  traffic: { size: 16, bytes: 0, packets: 8 },
  config: { size: 96, epoch: 0, keepAliveNs: 8, links: 16, uncounted: 20, owner: 24, unrecorded: 88 },
} as const;

export const classShift = 24;
export const floodMax = 512;
export const linkMax = 4096;
export const networkMax = 1024;
/** Stand for a device in `struct link_end`. */
export const underlay = 0;
export const carrier = 0xffffffff;
export const ownerLength = 64;
export const pulseEthertype = 0x88b5;
export const actionKind = { port: 1, link: 2, flood: 3, lan: 4, peerPort: 5 } as const;
export const linkKind = { vxlan: 1, device: 2 } as const;
export const recordKind = { arrival: 1, pulse: 2, departure: 3, acknowledgement: 4 } as const;
/** Bytes of the ring of records. */
export const recordBytes = 1_048_576;
/** Packets of a link are stamped with numbers from 1 to this, again and again. */
export const stampNumbers = 7;
/** Bits of a stamp's clock, in microseconds. */
export const stampClock = 0xfffff;

/** `enum rule_class`. */
export const ruleClasses = [
  'address address',
  'not address',
  'address not',
  'any address',
  'address any',
  'any not',
  'not any',
  'address none',
  'any any',
  'address group',
  'any group',
  'flood output',
  'member',
] as const;
export type RuleClass = (typeof ruleClasses)[number];

export const anyMac = '00:00:00:00:00:00';
export const groupMac = 'ff:ff:ff:ff:ff:ff';

/** Of the traffic matrix. */
export interface PairKey {
  vni: number;
  source: string;
  destination: string;
}

export interface Action {
  kind: (typeof actionKind)[keyof typeof actionKind];
  /** Interface index, number of a link, or flood list. */
  target: number;
}

/** @throws on a big-endian machine, whose structures these are not. */
export function requireLittleEndian(): void {
  if (endianness() !== 'LE') throw new Error('the eBPF core is not built for big-endian machines');
}

export function decodePairKey(bytes: Buffer): PairKey {
  const { table, source, destination } = layout.frameKey;
  return {
    vni: bytes.readUInt32LE(table),
    source: macText(bytes, source),
    destination: macText(bytes, destination),
  };
}

/** @param remote IPv4 address, or undefined for a TAP device */
export function encodeLinkEnd(device: number, remote: string | undefined): Buffer {
  const bytes = Buffer.alloc(layout.linkEnd.size);
  bytes.writeUInt32LE(device, layout.linkEnd.device);
  bytes.writeUInt32LE(remote === undefined ? 0 : ipv4Number(remote), layout.linkEnd.remote);
  return bytes;
}

/** Where packets of a link go from and to: VXLAN, or the TCP connection behind a TAP device. */
export interface LinkAddresses {
  local: string;
  remote: string;
  /** Of the TCP connection, 0, as when left out: any; of VXLAN on a port of its own. */
  localPort?: number;
  remotePort?: number;
  /** Packets of VXLAN are stamped. */
  stamped?: boolean;
}

/** @param addresses of a VXLAN link; of a TAP device, where they are known */
export function encodeLink(kind: keyof typeof linkKind, device: number, addresses?: LinkAddresses): Buffer {
  const bytes = Buffer.alloc(layout.link.size);
  bytes.writeUInt32LE(linkKind[kind], layout.link.kind);
  bytes.writeUInt32LE(device, layout.link.device);
  if (!addresses) return bytes;
  bytes.writeUInt32LE(ipv4Number(addresses.remote), layout.link.remote);
  bytes.writeUInt32LE(ipv4Number(addresses.local), layout.link.local);
  bytes.writeUInt16LE(addresses.remotePort ?? 0, layout.link.remotePort);
  bytes.writeUInt16LE(addresses.localPort ?? 0, layout.link.localPort);
  bytes.writeUInt32LE(addresses.stamped ? 1 : 0, layout.link.stamped);
  return bytes;
}

export function encodeNetwork(vni: number, mtu: number, classes: number): Buffer {
  const bytes = Buffer.alloc(layout.network.size);
  bytes.writeUInt32LE(vni, layout.network.vni);
  bytes.writeUInt32LE(mtu, layout.network.mtu);
  bytes.writeUInt32LE(classes, layout.network.classes);
  return bytes;
}

/** @param mac of a guest; a LAN device has none */
export function encodePort(network: number, mac: string = anyMac): Buffer {
  const bytes = Buffer.alloc(layout.port.size);
  bytes.writeUInt32LE(network, layout.port.network);
  writeMac(bytes, mac, layout.port.mac);
  return bytes;
}

export function encodeIndex(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** An IPv4 address as the number that has its first byte on top. */
export function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Digit by digit: tables have 100,000 addresses and more. */
export function writeMac(bytes: Buffer, mac: string, at: number): void {
  for (let index = 0; index < 6; index++) bytes[at + index] = digit(mac, index * 3) * 16 + digit(mac, index * 3 + 1);
}

/** Of a lower-case hexadecimal number. */
function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

function macText(bytes: Buffer, at: number): string {
  return bytes.toString('hex', at, at + 6).replace(/(..)(?!$)/g, '$1:');
}
