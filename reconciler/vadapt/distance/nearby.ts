import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Distances } from '../../model/problem.js';
import { below, unit } from '../engine/random.js';
import type { Latencies } from './latencies.js';
import { type Lists, placesByValue } from './lists.js';

/** Nearest hosts that are listed of a matrix. */
const nearest = 16;
/** Share of draws that go one level of zones further out. */
const further = 0.3;

/** The zone of each host, and the hosts of each zone. */
interface Level {
  zoneOf: Int32Array;
  hosts: Lists;
}

/** Draws hosts near a host: of its zones, or of those that a matrix has nearest. */
export class Nearby {
  readonly #latencies: Latencies;
  /** From the smallest zones outwards. */
  readonly #zones: Level[];
  /** By host, once it was asked for. */
  readonly #nearest: (Int32Array | undefined)[] = [];

  constructor(distances: Distances, latencies: Latencies) {
    this.#latencies = latencies;
    const levels = distances.kind === 'zones' ? distances.levels : [];
    this.#zones = levels.map((level) => {
      const zoneOf = Int32Array.from(level.zoneOf);
      return { zoneOf, hosts: placesByValue(zoneOf, 1 + zoneOf.reduce((most, zone) => Math.max(most, zone), -1)) };
    });
  }

  draw(host: number, random: RandomGenerator): number {
    if (this.#zones.length === 0) {
      this.#nearest[host] ??= this.#nearestOf(host);
      const list = this.#nearest[host] as Int32Array;
      return list.length === 0 ? host : (list[below(random, list.length)] as number);
    }
    let level = 0;
    while (level + 1 < this.#zones.length && unit(random) < further) level++;
    const { zoneOf, hosts } = this.#zones[level] as Level;
    const zone = zoneOf[host] as number;
    const first = hosts.first[zone] as number;
    return hosts.all[first + below(random, (hosts.first[zone + 1] as number) - first)] as number;
  }

  #nearestOf(host: number): Int32Array {
    const { hosts } = this.#latencies;
    const both = Float64Array.from(
      { length: hosts },
      (_, other) => this.#latencies.between(host, other) + this.#latencies.between(other, host),
    );
    const others = Int32Array.from({ length: hosts }, (_, other) => other).filter((other) => other !== host);
    return others.sort((a, b) => (both[a] as number) - (both[b] as number) || a - b).slice(0, nearest);
  }
}
