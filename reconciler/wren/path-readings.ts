import type { HostObservation, PathEstimate } from '../../schema/generated/types.js';
import { clockOffset } from '../model/clock-offset.js';
import { type Reading, readCounters } from '../model/counters.js';
import { type PathReading, plausible } from './plausible.js';

/** A directed path between two hosts, and the newest word on it of either end. */
export interface PathSides {
  from: string;
  to: string;
  twoSided: PathReading | null;
  oneSided: PathReading | null;
}

/** Queueing delays of one path, in bins of time on the reconciler's clock. */
export interface DelaySeries {
  from: string;
  to: string;
  method: PathEstimate['method'];
  fromMs: number;
  binMs: number;
  /** Null: no packets. */
  delaysMs: (number | null)[];
}

interface Observer {
  reading: Reading;
  clockOffsetMs: number;
}

/** The name of a directed path. */
export const pathKey = (path: { from: string; to: string }): string => `${path.from} ${path.to}`;

/** Path estimates as hosts last sent them. Late and duplicate observations change nothing. */
export class PathReadings {
  readonly #observers = new Map<string, Observer>();
  readonly #paths = new Map<string, PathSides>();
  readonly #implausible = new Map<string, number>();

  /** Takes in what a host says of its paths; gives the queueing that it tells of. */
  ingest(observation: HostObservation, receivedAtMs: number): DelaySeries[] {
    const { host, epoch, sequence, atMs, paths = [] } = observation;
    const known = this.#observers.get(host);
    const read = readCounters(known?.reading, { epoch, sequence, atMs, totals: {} });
    if (!read) return [];
    const { reading, advance } = read;
    const knownMs = (advance && known?.clockOffsetMs) ?? null;
    const clockOffsetMs = clockOffset(knownMs, receivedAtMs - atMs, advance?.durationMs ?? 0);
    this.#observers.set(host, { reading, clockOffsetMs });
    if (known && known.reading.epoch !== epoch) this.#forgetDelays(host);
    return paths.flatMap((path) => this.#take(host, path, clockOffsetMs, receivedAtMs));
  }

  /** By path. */
  sides(): PathSides[] {
    return [...this.#paths.keys()].sort().flatMap((key) => this.#paths.get(key) ?? []);
  }

  /** Drops paths that do not join two hosts of the inventory. */
  keep(hosts: ReadonlySet<string>): void {
    for (const [key, { from, to }] of this.#paths) {
      if (!hosts.has(from) || !hosts.has(to)) this.#paths.delete(key);
    }
  }

  /** How many figures of each host could not be, by host. */
  implausible(): { host: string; figures: number }[] {
    return [...this.#implausible.keys()].sort().map((host) => ({ host, figures: this.#implausible.get(host) ?? 0 }));
  }

  /** Counts figures of a host that could not be. */
  count(host: string, figures: number): void {
    if (figures > 0) this.#implausible.set(host, (this.#implausible.get(host) ?? 0) + figures);
  }

  #take(host: string, estimate: PathEstimate, clockOffsetMs: number, receivedAtMs: number): DelaySeries[] {
    const { peer, direction, method, queueing } = estimate;
    if (peer === host) {
      this.count(host, 1);
      return [];
    }
    const [from, to] = direction === 'from-peer' ? [peer, host] : [host, peer];
    const { reading, faults } = plausible(estimate, estimate.atMs + clockOffsetMs, receivedAtMs);
    this.count(host, faults);
    if (!reading) return [];
    const before = this.#paths.get(pathKey({ from, to })) ?? { from, to, twoSided: null, oneSided: null };
    const side = method === 'two-sided' ? { twoSided: reading } : { oneSided: reading };
    this.#paths.set(pathKey({ from, to }), { ...before, ...side });
    if (!queueing) return [];
    return [{ from, to, method, ...queueing, fromMs: queueing.fromMs + clockOffsetMs }];
  }

  /** After a restart of a host its monotonic clock may begin anew: one-way delays from before do not fit those after. */
  #forgetDelays(host: string): void {
    for (const [key, sides] of this.#paths) {
      const { from, to, twoSided } = sides;
      if (twoSided && (from === host || to === host)) {
        this.#paths.set(key, { ...sides, twoSided: { ...twoSided, minimumDelayMs: null } });
      }
    }
  }
}
