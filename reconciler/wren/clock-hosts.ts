import type { ClockReading, HostObservation } from '../../schema/generated/types.js';
import { clockOffset } from '../model/clock-offset.js';

/** The clocks of one host, as it last told of them. */
export interface HostReading {
  epoch: string;
  sequence: number;
  monotonicUs: number;
  realtimeAheadUs: number;
  /** From its monotonic clock to the reconciler's, too large by the time that the fastest message was on its way. */
  offsetMs: number;
  /** Since when `offsetMs` is gathered. */
  observations: number;
}

/** Until so many observations have come, the fastest may have been slow. */
const settledAfter = 3;
/** No message is so late: the clock stood still, or began anew. */
const longestWaitMs = 10_000;

/** The clocks of hosts, seen from the reconciler's. */
export class ClockHosts {
  readonly #hosts = new Map<string, HostReading>();

  /** What a host's clock is from now on. `late`: that is known already; `other`: it is another clock than before, with which nothing fits. */
  take(
    observation: HostObservation,
    { monotonicUs, realtimeAheadUs }: ClockReading,
    receivedAtMs: number,
  ): 'same' | 'other' | 'late' {
    const { host, epoch, sequence } = observation;
    const known = this.#hosts.get(host);
    if (known?.epoch === epoch && sequence <= known.sequence) return 'late';
    const delayMs = receivedAtMs - monotonicUs / 1000;
    const elapsedMs = known ? (monotonicUs - known.monotonicUs) / 1000 : 0;
    const isSame = known !== undefined && elapsedMs >= 0 && Math.abs(delayMs - known.offsetMs) < longestWaitMs;
    const offsetMs = clockOffset(isSame ? known.offsetMs : null, delayMs, elapsedMs);
    const observations = isSame ? known.observations + 1 : 1;
    this.#hosts.set(host, { epoch, sequence, monotonicUs, realtimeAheadUs, offsetMs, observations });
    return isSame ? 'same' : 'other';
  }

  get(host: string): HostReading | undefined {
    return this.#hosts.get(host);
  }

  /** What its monotonic clock shows at least; undefined while that is not known well enough. */
  monotonicUs(host: string, nowMs: number): number | undefined {
    const known = this.#hosts.get(host);
    return known && known.observations >= settledAfter ? (nowMs - known.offsetMs) * 1000 : undefined;
  }

  keep(hosts: ReadonlySet<string>): void {
    for (const host of this.#hosts.keys()) if (!hosts.has(host)) this.#hosts.delete(host);
  }
}
