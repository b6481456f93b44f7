import type { PathEstimate } from '../../schema/generated/types.js';
import type { TimedPacket } from './packet.js';
import { VarintReader } from './varint-reader.js';
import { VarintWriter } from './varint-writer.js';

/**
 * Traces for off-line analysis. Eight bytes `VWRENTRC`, then a version (3), then records until the end, all numbers as unsigned
 * LEB128 integers below 2^53, signed ones as zigzag:
 *
 * | record | fields |
 * |---|---|
 * | 1 path | direction (0 from-peer, 1 to-peer), method (0 two-sided, 1 one-sided), length and bytes of the peer's name |
 * | 2 packet | path (0 is the first), departure and arrival in ns as signed differences to the packet before of the same path, bytes * 8, + 1 if after a gap, + 2 if not all of them left at the departure: then, how many did, + 4 if after a loss |
 *
 * There is neither payload nor any address in it.
 */
const magic = new TextEncoder().encode('VWRENTRC');
const version = 3;
const recordKinds = { path: 1, packet: 2 } as const;
const directions = ['from-peer', 'to-peer'] as const;
const methods = ['two-sided', 'one-sided'] as const;
const mostPaths = 8192;
const mostBytes = 2 ** 24;
const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export type TracePath = Pick<PathEstimate, 'peer' | 'direction' | 'method'>;

export interface TraceVisitor {
  /** The next path; the first is number 0. */
  path(path: TracePath): void;
  /** The same object comes each time. */
  packet(path: number, packet: TimedPacket): void;
}

/** What is wrong with a trace, and where. */
export interface TraceFault {
  offset: number;
  message: string;
}

/** Writes a trace; time begins at 0 with the first arrival. Without `names` peers are called `peer-1`, `peer-2` and so on. */
export class TraceWriter {
  readonly #bytes = new VarintWriter();
  readonly #keepsNames: boolean;
  readonly #last: { departureNs: number; arrivalNs: number }[] = [];
  readonly #peers: string[] = [];
  #originNs: number | undefined;

  constructor({ names }: { names: boolean }) {
    this.#keepsNames = names;
    this.#bytes.raw(magic);
    this.#bytes.whole(version);
  }

  /** Begins a path; returns its number. */
  path({ peer, direction, method }: TracePath): number {
    if (!this.#peers.includes(peer)) this.#peers.push(peer);
    const name = new TextEncoder().encode(this.#keepsNames ? peer : `peer-${this.#peers.indexOf(peer) + 1}`);
    this.#bytes.whole(recordKinds.path);
    this.#bytes.whole(directions.indexOf(direction));
    this.#bytes.whole(methods.indexOf(method));
    this.#bytes.whole(name.length);
    this.#bytes.raw(name);
    return this.#last.push({ departureNs: 0, arrivalNs: 0 }) - 1;
  }

  packet(
    path: number,
    { departureNs, arrivalNs, bytes, lastBytes = bytes, isAfterGap, isAfterLoss }: TimedPacket,
  ): void {
    const last = this.#last[path];
    if (!last) throw new Error(`path ${path} was not begun: call path() first`);
    this.#originNs ??= arrivalNs;
    const departed = Math.round(departureNs - this.#originNs);
    const arrived = Math.round(arrivalNs - this.#originNs);
    this.#bytes.whole(recordKinds.packet);
    this.#bytes.whole(path);
    this.#bytes.signed(departed - last.departureNs);
    this.#bytes.signed(arrived - last.arrivalNs);
    this.#bytes.whole(bytes * 8 + (isAfterLoss ? 4 : 0) + (lastBytes === bytes ? 0 : 2) + (isAfterGap ? 1 : 0));
    if (lastBytes !== bytes) this.#bytes.whole(lastBytes);
    last.departureNs = departed;
    last.arrivalNs = arrived;
  }

  /** Bytes that were written since `take`. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    return this.#bytes.take();
  }
}

/** Reads a trace; the fault says where it ends to make sense, and what came before has been visited. */
export function readTrace(bytes: Uint8Array, visitor: TraceVisitor): TraceFault | undefined {
  const reader = new VarintReader(bytes);
  if (!magic.every((byte, i) => bytes[i] === byte))
    return { offset: 0, message: 'This is not a trace: it does not begin with VWRENTRC.' };
  reader.skip(magic.length);
  const found = reader.whole();
  if (found !== version)
    return {
      offset: magic.length,
      message: `The trace has version ${found ?? 'none'}; this program reads version ${version}.`,
    };
  const last: { departureNs: number; arrivalNs: number }[] = [];
  const packet = { departureNs: 0, arrivalNs: 0, bytes: 0, lastBytes: 0, isAfterGap: false, isAfterLoss: false };
  while (!reader.isAtEnd) {
    const offset = reader.offset;
    const kind = reader.whole();
    const message =
      kind === recordKinds.path
        ? readPath(reader, last, visitor)
        : kind === recordKinds.packet
          ? readPacket(reader, last, packet, visitor)
          : `${kind ?? 'What is here'} is not the number of a kind of record.`;
    if (message !== undefined) return { offset, message };
  }
  return undefined;
}

function readPath(
  reader: VarintReader,
  last: { departureNs: number; arrivalNs: number }[],
  visitor: TraceVisitor,
): string | undefined {
  const direction = directions[reader.whole() ?? -1];
  const method = methods[reader.whole() ?? -1];
  const name = reader.raw(Math.min(reader.whole() ?? 0, 64));
  if (!direction || !method || !name) return 'The record of a path is cut off, or its direction or method is unknown.';
  const peer = new TextDecoder().decode(name);
  if (!namePattern.test(peer)) return "The name of a path's peer is not the name of a host.";
  if (last.length === mostPaths) return `There are more than ${mostPaths} paths.`;
  last.push({ departureNs: 0, arrivalNs: 0 });
  visitor.path({ peer, direction, method });
  return undefined;
}

function readPacket(
  reader: VarintReader,
  last: { departureNs: number; arrivalNs: number }[],
  packet: Required<TimedPacket>,
  visitor: TraceVisitor,
): string | undefined {
  const path = reader.whole();
  const departing = reader.signed();
  const arriving = reader.signed();
  const size = reader.whole();
  const bytes = Math.floor((size ?? 0) / 8);
  const lastBytes = (size ?? 0) % 4 >= 2 ? reader.whole() : bytes;
  if (
    path === undefined ||
    departing === undefined ||
    arriving === undefined ||
    size === undefined ||
    lastBytes === undefined
  )
    return 'The record of a packet is cut off, or has a number that is too large.';
  const before = last[path];
  if (!before) return `The packet is of path ${path}, which was not begun.`;
  if (bytes > mostBytes || lastBytes > bytes)
    return `A packet of ${bytes} bytes, ${lastBytes} of them last, cannot be.`;
  before.departureNs += departing;
  before.arrivalNs += arriving;
  if (!Number.isSafeInteger(before.departureNs) || !Number.isSafeInteger(before.arrivalNs))
    return 'A time is too large.';
  packet.departureNs = before.departureNs;
  packet.arrivalNs = before.arrivalNs;
  packet.bytes = bytes;
  packet.lastBytes = lastBytes;
  packet.isAfterGap = size % 2 === 1;
  packet.isAfterLoss = size % 8 >= 4;
  visitor.packet(path, packet);
  return undefined;
}
