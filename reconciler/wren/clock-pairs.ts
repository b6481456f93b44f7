import type { HostObservation } from '../../schema/generated/types.js';
import { type Crossing, Crossings, crossingMemoryUs } from './clock-crossings.js';
import type { Bound } from './clock-distances.js';
import { ClockHosts } from './clock-hosts.js';
import { clockRange } from './clock-range.js';

/** Stamps of packets come again after 20 bits of microseconds. */
const stampWrapUs = 2 ** 20;
/** Beyond this it is not certain how often they did: messages to the reconciler were too slow. */
const certainUs = 0.4 * stampWrapUs;

interface Pair {
  a: string;
  b: string;
  /** From a to b, on the clock of b. */
  there: Crossings;
  back: Crossings;
}

/** What packets say of the clocks of hosts, pair by pair. */
export class ClockPairs {
  readonly hosts = new ClockHosts();
  readonly #pairs = new Map<string, Pair>();

  ingest(observation: HostObservation, receivedAtMs: number): void {
    const { host, clocks } = observation;
    if (!clocks) return;
    const taken = this.hosts.take(observation, clocks, receivedAtMs);
    if (taken === 'late') return;
    if (taken === 'other') this.#forget((name) => name === host);
    for (const { peer, ...arrival } of clocks.arrivals) {
      const crossing = peer === host ? null : this.#unwrapped(peer, host, arrival, receivedAtMs);
      if (crossing) this.#add(peer, host, crossing);
    }
  }

  keep(hosts: ReadonlySet<string>): void {
    this.hosts.keep(hosts);
    this.#forget((name) => !hosts.has(name));
  }

  /**
   * By how much monotonic clocks exceed one another at most, in microseconds, and by how much they gain, in millionths. Pairs of which packets
   * contradict one another begin anew.
   */
  bounds(nowMs: number): { offsets: Bound[]; drifts: Bound[] } {
    const offsets: Bound[] = [];
    const drifts: Bound[] = [];
    for (const { a, b, there, back } of this.#pairs.values()) {
      const [aUs, bUs] = [this.hosts.monotonicUs(a, nowMs), this.hosts.monotonicUs(b, nowMs)];
      if (aUs === undefined || bUs === undefined) continue;
      const range = clockRange(recent(there, bUs), recent(back, aUs), bUs);
      if (range === null) {
        there.beginAnew();
        back.beginAnew();
        continue;
      }
      if (range.mostUs < Number.POSITIVE_INFINITY) offsets.push({ from: a, to: b, most: range.mostUs });
      if (range.leastUs > Number.NEGATIVE_INFINITY) offsets.push({ from: b, to: a, most: -range.leastUs });
      drifts.push({ from: a, to: b, most: range.mostPpm }, { from: b, to: a, most: -range.leastPpm });
    }
    return { offsets, drifts };
  }

  /** With as many turns of the stamps' clock as the reconciler's own view of the two clocks says. */
  #unwrapped(from: string, to: string, { atUs, differenceUs }: Crossing, nowMs: number): Crossing | null {
    const [fromUs, toUs] = [this.hosts.monotonicUs(from, nowMs), this.hosts.monotonicUs(to, nowMs)];
    if (fromUs === undefined || toUs === undefined) return null;
    const aheadUs = toUs - fromUs;
    const unwrappedUs = differenceUs + Math.round((aheadUs - differenceUs) / stampWrapUs) * stampWrapUs;
    return Math.abs(unwrappedUs - aheadUs) > certainUs ? null : { atUs, differenceUs: unwrappedUs };
  }

  #add(from: string, to: string, crossing: Crossing): void {
    const [a, b] = from < to ? [from, to] : [to, from];
    const key = `${a} ${b}`;
    const pair = this.#pairs.get(key) ?? { a, b, there: new Crossings(), back: new Crossings() };
    this.#pairs.set(key, pair);
    (from === a ? pair.there : pair.back).add(crossing);
  }

  #forget(which: (host: string) => boolean): void {
    for (const [key, { a, b }] of this.#pairs) if (which(a) || which(b)) this.#pairs.delete(key);
  }
}

const recent = ({ points }: Crossings, nowUs: number): Crossing[] =>
  points.filter(({ atUs }) => nowUs - atUs < crossingMemoryUs);
