import type { TracePiece, TraceSource } from '../substrate.js';
import type { PacketTap, TimedPacket } from './packet.js';
import { type TracePath, TraceWriter } from './trace-file.js';

/** Peers whose links are recorded. */
export type TracedPeers = 'all' | ReadonlySet<string>;

/** A trace ends when it has grown so large, or has gone on for so long; another one follows it. */
export const traceLimits = { bytes: 8 * 2 ** 20, durationNs: 300e9, pendingBytes: 2 ** 20 } as const;

interface Recording {
  writer: TraceWriter;
  begunAtMs: number;
  begunNs: number;
  newestNs: number;
  /** Bytes that were taken. */
  offset: number;
  numbers: Map<TracePath, number>;
  /** It lacks packets since nobody took what there was. */
  isCutOff: boolean;
}

/** Records when packets of chosen links left and came, in one trace for each peer. What nobody takes is bounded. */
export class TraceRecorder implements TraceSource {
  readonly #peers: TracedPeers;
  readonly #nowMs: () => number;
  readonly #recordings = new Map<string, Recording>();

  constructor(peers: TracedPeers, nowMs: () => number = Date.now) {
    this.#peers = peers;
    this.#nowMs = nowMs;
  }

  /** What is to be told of the packets of a path; undefined if its peer is not recorded. */
  tapOf(path: TracePath): PacketTap | undefined {
    if (this.#peers !== 'all' && !this.#peers.has(path.peer)) return undefined;
    return (packet) => this.#record(path, packet);
  }

  begin(): void {
    this.#recordings.clear();
  }

  take(): TracePiece[] {
    return [...this.#recordings].flatMap(([peer, recording]) => {
      const { writer, begunAtMs, begunNs, newestNs, offset, isCutOff } = recording;
      const bytes = writer.take();
      recording.offset += bytes.length;
      const isLong = recording.offset >= traceLimits.bytes || newestNs - begunNs >= traceLimits.durationNs;
      if (isLong || isCutOff) this.#recordings.delete(peer);
      return bytes.length > 0 ? [{ peer, begunAtMs, offset, bytes }] : [];
    });
  }

  #record(path: TracePath, packet: TimedPacket): void {
    const recording = this.#recordings.get(path.peer) ?? this.#open(path.peer, packet.arrivalNs);
    const { writer, numbers } = recording;
    recording.isCutOff ||= writer.pendingBytes >= traceLimits.pendingBytes;
    if (recording.isCutOff) return;
    const number = numbers.get(path) ?? writer.path(path);
    numbers.set(path, number);
    writer.packet(number, packet);
    recording.newestNs = packet.arrivalNs;
  }

  #open(peer: string, begunNs: number): Recording {
    const recording = {
      writer: new TraceWriter({ names: true }),
      begunAtMs: Math.round(this.#nowMs()),
      begunNs,
      newestNs: begunNs,
      offset: 0,
      numbers: new Map(),
      isCutOff: false,
    };
    this.#recordings.set(peer, recording);
    return recording;
  }
}
