import type { ClockArrival, LinkEnd, PathEstimate } from '../../schema/generated/types.js';
import { recordKind } from '../vnet/layout.js';
import { AcknowledgedPackets } from './acknowledged-packets.js';
import { ArrivedPackets } from './arrived-packets.js';
import { estimateOf } from './estimate-of.js';
import type { PacketTap } from './packet.js';
import type { TracePath } from './trace-file.js';
import type { TraceRecord } from './trace-ring.js';

/** One moment, on both clocks of a host. */
export interface Moment {
  /** On the monotonic clock, which records have. */
  nowNs: number;
  wallMs: number;
}

/** What the records of one link tell of the paths from its peer and to it. */
export class CapturedLink {
  readonly peer: string;
  readonly #arrived: ArrivedPackets;
  readonly #acknowledged: AcknowledgedPackets;

  /** @param tapOf what is to be told of the packets of a path */
  constructor({ peer }: LinkEnd, tapOf: (path: TracePath) => PacketTap | undefined = () => undefined) {
    this.peer = peer;
    this.#arrived = new ArrivedPackets(tapOf({ peer, direction: 'from-peer', method: 'two-sided' }));
    this.#acknowledged = new AcknowledgedPackets(tapOf({ peer, direction: 'to-peer', method: 'one-sided' }));
  }

  take(record: TraceRecord): void {
    if (record.kind === recordKind.arrival || record.kind === recordKind.pulse) this.#arrived.take(record);
    else this.#acknowledged.take(record);
  }

  /** Of the packets from the peer since the last call. */
  arrivals(): ClockArrival[] {
    const least = this.#arrived.takeLeast();
    return least ? [{ peer: this.peer, ...least }] : [];
  }

  estimates(moment: Moment): PathEstimate[] {
    const { peer } = this;
    const estimates = [
      estimateOf(this.#arrived.estimator, { peer, direction: 'from-peer', method: 'two-sided', ...moment }),
      estimateOf(this.#acknowledged.estimator, { peer, direction: 'to-peer', method: 'one-sided', ...moment }),
    ];
    return estimates.filter((estimate) => estimate !== undefined);
  }
}
