import type { ClockArrival } from '../../schema/generated/types.js';
import { recordKind, stampNumbers } from '../vnet/layout.js';
import { LeastArrival } from './least-arrival.js';
import type { PacketTap, TimedPacket } from './packet.js';
import { PathEstimator } from './path-estimator.js';
import { StampClock } from './stamp-clock.js';
import type { TraceRecord } from './trace-ring.js';

/** Two-sided: stamped packets of a peer, and when they came. */
export class ArrivedPackets {
  readonly estimator = new PathEstimator('two-sided');
  readonly #tap: PacketTap | undefined;
  readonly #clock = new StampClock();
  readonly #least = new LeastArrival();
  readonly #packet: Required<Omit<TimedPacket, 'lastBytes'>> = {
    departureNs: 0,
    arrivalNs: 0,
    bytes: 0,
    isAfterGap: true,
    isAfterLoss: false,
  };
  #mark = -1;
  #number = 0;
  /** A keep-alive came since the last packet: it has no place among the others. */
  #isInterrupted = true;

  /** @param tap is told of every packet that the estimator is. */
  constructor(tap?: PacketTap) {
    this.#tap = tap;
  }

  /** The packet that was on its way for the least time since the last call; undefined if none came. */
  takeLeast(): Omit<ClockArrival, 'peer'> | undefined {
    return this.#least.take();
  }

  take(record: TraceRecord): void {
    const packet = this.#packet;
    const isPulse = record.kind === recordKind.pulse;
    // Segments of one offloaded run have one stamp.
    const isOfRun = !isPulse && record.number === this.#number && record.mark === this.#mark;
    const follows = isOfRun || record.number === (this.#number % stampNumbers) + 1;
    packet.departureNs = this.#clock.departureNs(record.mark, record.atNs);
    packet.arrivalNs = record.atNs;
    this.#least.add(packet.departureNs, record.atNs);
    packet.bytes = record.bytes;
    // A keep-alive has no number, and what was not captured was not lost.
    packet.isAfterLoss = !isPulse && !follows && !record.isAfterGap && this.#number > 0;
    packet.isAfterGap = isPulse || record.isAfterGap || this.#isInterrupted || !follows;
    this.estimator.packet(packet);
    this.#tap?.(packet);
    this.#isInterrupted = isPulse;
    if (isPulse) return;
    this.#mark = record.mark;
    this.#number = record.number;
  }
}
