import { recordKind } from '../vnet/layout.js';
import { AckMatcher } from './ack-matcher.js';
import type { Acknowledgement, Departure, PacketTap } from './packet.js';
import { PathEstimator } from './path-estimator.js';
import type { TraceRecord } from './trace-ring.js';

const sequenceNumbers = 2 ** 32;
/** Connections of one link that are followed at once. What others send counts as a gap, so that it is not taken for cross traffic. */
const mostFlows = 8;
/** One that sent nothing for so long makes room for another. */
const quietNs = 1e9;

/** One-sided: what TCP sends over a link, or beneath it, and when that is acknowledged. */
export class AcknowledgedPackets {
  readonly estimator = new PathEstimator('one-sided');
  readonly #tap: PacketTap | undefined;
  readonly #departure: Departure = { atNs: 0, start: 0, end: 0, bytes: 0, segments: 0, isAfterOthers: false };
  readonly #acknowledgement: Acknowledgement = { atNs: 0, number: 0 };
  /** By connection. */
  readonly #followed = new Map<number, { matcher: AckMatcher; atNs: number }>();
  #isAfterOthers = false;

  /** @param tap is told of every packet that the estimator is. */
  constructor(tap?: PacketTap) {
    this.#tap = tap;
  }

  take(record: TraceRecord): void {
    // What was on its way before is not known.
    if (record.isAfterGap) this.#followed.clear();
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
    departure.isAfterOthers = this.#isAfterOthers;
    const matcher = this.#matcher(flow, atNs);
    matcher?.departure(departure);
    this.#isAfterOthers = matcher === undefined;
  }

  #acknowledge({ atNs, mark, flow }: TraceRecord): void {
    this.#acknowledgement.atNs = atNs;
    this.#acknowledgement.number = mark;
    const packet = this.#followed.get(flow)?.matcher.acknowledgement(this.#acknowledgement);
    if (!packet) return;
    this.estimator.packet(packet);
    this.#tap?.(packet);
  }

  /** Of a connection that is followed, or can be from now on. */
  #matcher(flow: number, atNs: number): AckMatcher | undefined {
    const known = this.#followed.get(flow);
    if (known) {
      known.atNs = atNs;
      return known.matcher;
    }
    if (this.#followed.size === mostFlows) this.#forgetQuiet(atNs);
    if (this.#followed.size === mostFlows) return undefined;
    const matcher = new AckMatcher();
    this.#followed.set(flow, { matcher, atNs });
    return matcher;
  }

  #forgetQuiet(nowNs: number): void {
    for (const [flow, { atNs }] of this.#followed) if (atNs < nowNs - quietNs) this.#followed.delete(flow);
  }
}
