import type { HostClock, HostObservation } from '../../schema/generated/types.js';
import { type Bound, consistent, mostAbove, turned } from './clock-distances.js';
import { ClockPairs } from './clock-pairs.js';
import { longestWayUs } from './clock-range.js';

/** How far a host is off when it reads its two clocks at once, at most. */
const readingUs = 5;

/** By how much one clock is ahead of another. */
export interface AheadRange {
  leastUs: number;
  mostUs: number;
}

/** A clock that others are measured against: that of a host, which is so far ahead of its monotonic one. */
interface Common {
  host: string;
  aheadUs: number;
}

/**
 * How far the clocks of hosts are apart, each with a bound, from packets that crossed links anyway. What they are measured against is the
 * monotonic clock of one host, from when it was chosen: setting a clock sets no other. Hosts that no packets join are measured against different ones.
 */
export class ClockOffsets {
  readonly #pairs = new ClockPairs();
  /** One for all hosts that packets join. */
  #commons: Common[] = [];
  #nowMs = 0;
  #bounds: Bound[] = [];
  #clocks = new Map<string, HostClock>();
  readonly #most = new Map<string, Map<string, number> | null>();

  ingest(observation: HostObservation, receivedAtMs: number): void {
    this.#pairs.ingest(observation, receivedAtMs);
  }

  /** To be called about once a sampling interval. @param hosts those of the inventory */
  advance(nowMs: number, hosts: ReadonlySet<string>): void {
    this.#nowMs = nowMs;
    this.#pairs.keep(hosts);
    const { offsets, drifts } = this.#pairs.bounds(nowMs);
    this.#bounds = consistent(offsets);
    this.#most.clear();
    this.#measure(drifts);
  }

  /** By how much each host's clock is ahead of the one that it is measured against, by name; as of the last `advance`. */
  clocks(): ReadonlyMap<string, HostClock> {
    return this.#clocks;
  }

  /** By how much the clock of `to` is ahead of that of `from`; null if that is not known. */
  between(from: string, to: string): AheadRange | null {
    const [most, least] = [this.#mostAbove(from)?.get(to), this.#mostAbove(to)?.get(from)];
    const [there, here] = [this.#pairs.hosts.get(to), this.#pairs.hosts.get(from)];
    if (most === undefined || least === undefined || !there || !here) return null;
    const setUs = there.realtimeAheadUs - here.realtimeAheadUs;
    return { leastUs: setUs - least - 2 * readingUs, mostUs: setUs + most + 2 * readingUs };
  }

  /** By how much a host takes its clock to be ahead now, after what it was told; null while its clock is not known. */
  taken(host: string, { aheadUs, driftPpm, atUs, realtimeAheadUs }: HostClock): number | null {
    const nowUs = this.#pairs.hosts.monotonicUs(host, this.#nowMs);
    const now = this.#pairs.hosts.get(host);
    if (nowUs === undefined || !now) return null;
    return aheadUs + (driftPpm * (nowUs - atUs)) / 1e6 + (now.realtimeAheadUs - realtimeAheadUs);
  }

  #mostAbove(host: string): Map<string, number> | null {
    const known = this.#most.get(host);
    if (known !== undefined) return known;
    const most = mostAbove(host, this.#bounds);
    this.#most.set(host, most);
    return most;
  }

  /**
   * Those that there are stay as long as packets tell of their hosts, each for all hosts that packets join to it. For others another takes over, at what
   * it was thought to be.
   */
  #measure(drifts: readonly Bound[]): void {
    const measured = [...new Set(this.#bounds.flatMap(({ from, to }) => [from, to]))].sort();
    const staying = this.#commons.filter(({ host }) => measured.includes(host));
    const known = measured.filter((host) => this.#clocks.has(host)).map((host) => this.#successor(host));
    const candidates = [...staying, ...known, ...measured.map((host) => this.#successor(host))];
    this.#commons = [];
    this.#clocks = new Map();
    const joined = new Set<string>();
    for (const common of candidates) {
      if (joined.has(common.host)) continue;
      this.#commons.push(common);
      const part = [...this.#against(common, drifts)].filter(([host]) => !joined.has(host));
      for (const [host] of part) joined.add(host);
      // Of a host alone there is nothing to say.
      if (part.length > 1) for (const [host, clock] of part) this.#clocks.set(host, clock);
    }
  }

  #successor(host: string): Common {
    const known = this.#clocks.get(host);
    const realtimeAheadUs = this.#pairs.hosts.get(host)?.realtimeAheadUs ?? 0;
    return { host, aheadUs: realtimeAheadUs - ((known && this.taken(host, known)) ?? 0) };
  }

  #against(common: Common, drifts: readonly Bound[]): Map<string, HostClock> {
    const most = this.#mostAbove(common.host);
    const least = mostAbove(common.host, turned(this.#bounds));
    const fastest = mostAbove(common.host, drifts);
    const slowest = mostAbove(common.host, turned(drifts));
    const clocks = new Map<string, HostClock>();
    for (const host of [...(most?.keys() ?? [])].sort()) {
      const [mostUs, leastUs] = [most?.get(host), least?.get(host)];
      const [mostPpm, leastPpm] = [fastest?.get(host), slowest?.get(host)];
      const [atUs, known] = [this.#pairs.hosts.monotonicUs(host, this.#nowMs), this.#pairs.hosts.get(host)];
      if (mostUs === undefined || leastUs === undefined || atUs === undefined || !known) continue;
      const driftPpm = mostPpm === undefined || leastPpm === undefined ? 0 : tenths((mostPpm - leastPpm) / 2);
      // The host goes on from `atUs`, which may be a message's way too early.
      const lateUs = (Math.abs(driftPpm) * longestWayUs) / 1e6;
      clocks.set(host, {
        aheadUs: tenths((mostUs - leastUs) / 2 + known.realtimeAheadUs - common.aheadUs),
        boundUs: Math.ceil((mostUs + leastUs) / 2 + readingUs + lateUs),
        driftPpm,
        atUs: Math.round(atUs),
        realtimeAheadUs: known.realtimeAheadUs,
      });
    }
    return clocks;
  }
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
