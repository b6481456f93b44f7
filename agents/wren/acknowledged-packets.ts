import { recordKind } from '../vnet/layout.js';
import { AckMatcher } from './ack-matcher.js';
import type { Acknowledgement, Departure, PacketTap } from './packet.js';
import { PathEstimator } from './path-estimator.js';
import type { TraceRecord } from './trace-ring.js';

const sequenceNumbers = 2 ** 32;
/** Connections of one link that are followed at once: each takes some 170 kB. */
const mostFlows = 8;

/** One-sided: what TCP sends over a link, or beneath it, and when that is acknowledged. */
export class AcknowledgedPackets {
  readonly estimator = new PathEstimator('one-sided');
  readonly #tap: PacketTap | undefined;
  readonly #departure: Departure = { atNs: 0, start: 0, end: 0, bytes: 0, segments: 0 };
  readonly #acknowledgement: Acknowledgement = { atNs: 0, number: 0 };
  /** By connection; those that sent last are last. */
  readonly #matchers = new Map<number, AckMatcher>();

  /** @param tap is told of every packet that the estimator is. */
  constructor(tap?: PacketTap) {
    this.#tap = tap;
  }

  take(record: TraceRecord): void {
    // What was on its way before is not known.
    if (record.isAfterGap) this.#matchers.clear();
    if (record.kind === recordKind.departure) this.#depart(record);
    else this.#acknowledge(record);
  }

  #depart({ atNs, mark, bytes, segments, header, flow }: TraceRecord): void {
    const departure = this.#departure;
    departure.atNs = atNs;
    departure.start = mark;
    departure.end = (mark + bytes - segments * header) % sequenceNumbers;
    departure.bytes = bytes;
    departure.segments = segments;
    this.#matcher(flow).departure(departure);
  }

  #acknowledge({ atNs, mark, flow }: TraceRecord): void {
    this.#acknowledgement.atNs = atNs;
    this.#acknowledgement.number = mark;
    const packet = this.#matchers.get(flow)?.acknowledgement(this.#acknowledgement);
    if (!packet) return;
    this.estimator.packet(packet);
    this.#tap?.(packet);
  }

  #matcher(flow: number): AckMatcher {
    const known = this.#matchers.get(flow);
    const matcher = known ?? new AckMatcher();
    if (known) this.#matchers.delete(flow);
    this.#matchers.set(flow, matcher);
    for (const oldest of this.#matchers.keys()) {
      if (this.#matchers.size <= mostFlows) break;
      this.#matchers.delete(oldest);
    }
    return matcher;
  }
}
