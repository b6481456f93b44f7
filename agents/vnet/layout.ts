import { endianness } from 'node:os';

/** Structures of agents/native/vnet.h as bytes; sizes and offsets are compared with the compiler's by a test. */
export const layout = {
  frameKey: { size: 16, table: 0, source: 4, destination: 10 },
  action: { size: 12, kind: 0, target: 4, local: 8 },
  floodKey: { size: 8, list: 0, index: 4 },
  port: { size: 12, vni: 0, mac: 4 },
  traffic: { size: 16, bytes: 0, packets: 8 },
  linkTraffic: { size: 16, sentBytes: 0, receivedBytes: 8 },
  config: { size: 80, generation: 0, linkDevice: 4, epoch: 8, owner: 16 },
} as const;

export const generationShift = 24;
export const generations = 2 ** (32 - generationShift);
export const floodMax = 512;
export const ownerLength = 64;
export const actionKind = { port: 1, link: 2, flood: 3 } as const;

export const anyMac = '00:00:00:00:00:00';
export const groupMac = 'ff:ff:ff:ff:ff:ff';

export interface FrameKey {
  /** Rules: generation in the top 8 bits, VNI below. Matrix: VNI. */
  table: number;
  source: string;
  destination: string;
}

export interface Action {
  kind: (typeof actionKind)[keyof typeof actionKind];
  /** Interface index, remote IPv4 address, or flood list. */
  target: number;
  /** Local IPv4 address of a link, else 0. */
  local: number;
}

/** @throws on a big-endian machine, whose structures these are not. */
export function requireLittleEndian(): void {
  if (endianness() !== 'LE') throw new Error('the eBPF core is not built for big-endian machines');
}

export function encodeFrameKey(key: FrameKey): Buffer {
  const bytes = Buffer.alloc(layout.frameKey.size);
  bytes.writeUInt32LE(key.table, layout.frameKey.table);
  macBytes(key.source).copy(bytes, layout.frameKey.source);
  macBytes(key.destination).copy(bytes, layout.frameKey.destination);
  return bytes;
}

export function decodeFrameKey(bytes: Buffer): FrameKey {
  return {
    table: bytes.readUInt32LE(layout.frameKey.table),
    source: macText(bytes, layout.frameKey.source),
    destination: macText(bytes, layout.frameKey.destination),
  };
}

export function encodeAction(action: Action): Buffer {
  const bytes = Buffer.alloc(layout.action.size);
  bytes.writeUInt32LE(action.kind, layout.action.kind);
  bytes.writeUInt32LE(action.target, layout.action.target);
  bytes.writeUInt32LE(action.local, layout.action.local);
  return bytes;
}

export function encodeFloodKey(list: number, index: number): Buffer {
  const bytes = Buffer.alloc(layout.floodKey.size);
  bytes.writeUInt32LE(list, layout.floodKey.list);
  bytes.writeUInt32LE(index, layout.floodKey.index);
  return bytes;
}

export function encodePort(vni: number, mac: string): Buffer {
  const bytes = Buffer.alloc(layout.port.size);
  bytes.writeUInt32LE(vni, layout.port.vni);
  macBytes(mac).copy(bytes, layout.port.mac);
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

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

function macText(bytes: Buffer, at: number): string {
  return bytes.toString('hex', at, at + 6).replace(/(..)(?!$)/g, '$1:');
}
