import type { HostObservation, PathKnowledge } from '../../schema/generated/types.js';
import { besideOf } from './beside.js';
import { CarriedRates } from './carried-rates.js';
import { combined } from './combine.js';
import type { PathLoad } from './congestion.js';
import type { DeliveredRate } from './link-rates.js';
import { latencyMs } from './path-latency.js';
import { isForgotten, knowledgeAt, type PathMemory, remember } from './path-memory.js';
import { PathReadings, type PathSides, pathKey } from './path-readings.js';
import { QueueingHistory } from './queueing-history.js';
import { PathComparison, type QueueGroups } from './shared-bottlenecks.js';

/** Time constants of what links carry: beside available bandwidth, about its window; beside queueing, about that history. */
const windowMs = 5000;
const historyMs = 60_000;
/** How often paths are compared with one another, and how many pairs of them at once: others wait for the reconciler meanwhile. */
const comparisonMs = 5000;
const comparedAtOnce = 700;

/** Wren's reconciler half: what the paths between hosts give, from what hosts tell of their packets. */
export class Wren {
  readonly #readings = new PathReadings();
  readonly #history = new QueueingHistory();
  readonly #carried = new CarriedRates(windowMs);
  readonly #carriedLong = new CarriedRates(historyMs);
  readonly #memories = new Map<string, PathMemory>();
  #latencies = new Map<string, number>();
  #bottlenecks: QueueGroups = [];
  #comparison: PathComparison | null = null;
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  ingest(observation: HostObservation, receivedAtMs: number): void {
    for (const series of this.#readings.ingest(observation, receivedAtMs)) {
      if (!this.#history.add(series, receivedAtMs)) this.#readings.count(observation.host, 1);
    }
  }

  /**
   * To be called about once a sampling interval.
   * @param hosts those of the inventory: what is said of others is forgotten
   * @param delivered what links carry now
   */
  advance(nowMs: number, hosts: ReadonlySet<string>, delivered: readonly DeliveredRate[]): void {
    this.#carried.advance(delivered, nowMs);
    this.#carriedLong.advance(delivered, nowMs);
    this.#readings.keep(hosts);
    const sides = this.#readings.sides();
    const byPath = new Map(sides.map((each) => [pathKey(each), each]));
    const sums = { leaving: this.#carried.leaving(), entering: this.#carried.entering() };
    for (const each of sides) this.#learn(each, byPath.get(pathKey({ from: each.to, to: each.from })), sums, nowMs);
    for (const [key, memory] of this.#memories) {
      if (!hosts.has(memory.from) || !hosts.has(memory.to) || isForgotten(memory, nowMs)) this.#memories.delete(key);
    }
    this.#compare(nowMs, hosts);
  }

  /** By path. */
  paths(nowMs: number): PathKnowledge[] {
    return [...this.#memories.keys()].sort().flatMap((key): PathKnowledge[] => {
      const memory = this.#memories.get(key);
      if (!memory) return [];
      const latency = this.#latencies.get(key);
      return [
        {
          ...knowledgeAt(memory, nowMs),
          ...(latency === undefined ? {} : { latencyMs: latency }),
          carriedMbps: rounded(this.#carried.of(memory)),
        },
      ];
    });
  }

  /** Groups of paths that queue together, by their first path; without what they share, which follows from `paths`. */
  bottlenecks(): QueueGroups {
    return this.#bottlenecks;
  }

  /** How many figures of each host could not be, by host. */
  implausible(): { host: string; figures: number }[] {
    return this.#readings.implausible();
  }

  #compare(nowMs: number, hosts: ReadonlySet<string>): void {
    if (this.#comparison === null && nowMs - this.#comparedAtMs >= comparisonMs) {
      this.#comparedAtMs = nowMs;
      const tracks = this.#history.tracks(nowMs).filter(({ from, to }) => hosts.has(from) && hosts.has(to));
      this.#comparison = new PathComparison(tracks, (path) => this.#loadOf(path));
    }
    const found = this.#comparison?.advance(comparedAtOnce);
    if (!found) return;
    this.#bottlenecks = found;
    this.#comparison = null;
  }

  #learn(there: PathSides, back: PathSides | undefined, sums: Parameters<typeof besideOf>[2], nowMs: number): void {
    const key = pathKey(there);
    const figures = combined(there);
    if (figures) {
      const beside = besideOf(there, this.#carried, sums, figures.busyShare);
      this.#memories.set(key, remember(this.#memories.get(key) ?? null, there, figures, beside, nowMs));
    }
    const latency = latencyMs(there, back);
    if (latency !== null) this.#latencies.set(key, rounded(latency));
  }

  #loadOf(path: { from: string; to: string }): PathLoad {
    const memory = this.#memories.get(pathKey(path));
    const isKnown = memory && memory.capacityMbps !== null && memory.availableMbps !== null;
    return {
      carriedMbps: this.#carriedLong.of(path),
      crossMbps: isKnown ? Math.max(0, (memory.capacityMbps ?? 0) - memory.highMbps) : null,
    };
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
