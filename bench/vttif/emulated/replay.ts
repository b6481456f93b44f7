import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { HostObservation, MatrixEntry } from '../../../schema/generated/types.js';
import type { Program } from '../ground-truth.js';

/** How the traffic of a program is played and told. */
export interface Conditions {
  /** What the heaviest pair sends. */
  heaviestMbps: number;
  /** What each pair sends beside the program on average, in bursts, as a share of the heaviest. */
  noise: number;
  /** Share of messages lost, and of messages that come twice. */
  loss: number;
  duplication: number;
  seed: number;
  /** Share of the time that a program communicates, and of how long; it computes in the rest. Without it, always. */
  phases?: { periodMs: number; share: number };
}

interface Host {
  name: string;
  clockOffsetMs: number;
  nextReadingMs: number;
  sequence: number;
  /** The newest reading that has arrived. */
  toldMs: number;
}

interface Message {
  arrivesMs: number;
  observation: HostObservation;
  readMs: number;
}

const tickMs = 100;
/** A window of 10 s, up to a reading that is some lost messages old. */
const rememberedTicks = 180;
const guestsPerHost = 4;
export const macOf = (vm: number): string => `02:00:00:00:${hex(vm >> 8)}:${hex(vm & 255)}`;
const hex = (value: number): string => value.toString(16).padStart(2, '0');

/**
 * Guests of emulated hosts that send by a program's pattern and beside it, and agents that read counters on clocks of their own, a
 * tenth of a second early or late, whose messages are held up, lost, doubled and swapped.
 */
export class Replay {
  nowMs = 0;
  /** Bytes sent, by sender times size plus receiver. */
  readonly bytes: Float64Array;
  readonly size: number;
  readonly #hosts: Host[];
  readonly #conditions: Conditions;
  readonly #float: () => number;
  readonly #places: Int32Array;
  #rates: Float64Array;
  #underWay: Message[] = [];
  /** What had been sent at each tick of the last while. */
  readonly #sent: Float64Array[] = [];

  constructor(size: number, conditions: Conditions) {
    const random = xoroshiro128plus(conditions.seed);
    this.#float = () => uniformFloat64(random);
    this.size = size;
    this.#conditions = conditions;
    this.bytes = new Float64Array(size * size);
    this.#rates = new Float64Array(size * size);
    // Which guest a rank is must not matter.
    this.#places = Int32Array.from({ length: size }, (_, place) => place);
    for (let last = size - 1; last > 0; last--) {
      const other = uniformInt(random, 0, last);
      [this.#places[last], this.#places[other]] = [this.#places[other] ?? 0, this.#places[last] ?? 0];
    }
    this.#hosts = Array.from({ length: Math.ceil(size / guestsPerHost) }, (_, index) => ({
      name: `host-${index}`,
      clockOffsetMs: (this.#float() - 0.5) * 20_000,
      nextReadingMs: Math.round(this.#float() * 1000),
      sequence: 0,
      toldMs: 0,
    }));
  }

  /** From now on, guests send by this program. */
  play({ pattern }: Program): void {
    this.#rates = new Float64Array(this.size * this.size);
    for (const { from, to, weight } of pattern.edges) {
      this.#rates[this.#pair(from, to)] = weight * this.#conditions.heaviestMbps;
    }
  }

  /** Rates by the program, by sender times size plus receiver, in Mb/s. */
  get rates(): Float64Array {
    return this.#rates;
  }

  /** Lets a second pass. What arrives in it, in order of arrival. */
  second(): Message[] {
    const untilMs = this.nowMs + 1000;
    while (this.nowMs < untilMs) {
      this.nowMs += tickMs;
      this.#send();
      this.#sent.push(this.bytes.slice());
      if (this.#sent.length > rememberedTicks) this.#sent.shift();
      for (const host of this.#hosts) if (this.nowMs >= host.nextReadingMs) this.#read(host);
    }
    const arrived = this.#underWay.filter(({ arrivesMs }) => arrivesMs <= this.nowMs);
    this.#underWay = this.#underWay.filter(({ arrivesMs }) => arrivesMs > this.nowMs);
    for (const { observation, readMs } of arrived) {
      const host = this.#hosts.find(({ name }) => name === observation.host);
      if (host) host.toldMs = Math.max(host.toldMs, readMs);
    }
    return arrived.sort((a, b) => a.arrivesMs - b.arrivesMs);
  }

  /** What a pair sent in the time up to the newest reading of its sender that has arrived, in Mb/s. */
  toldMbps(pair: number, windowMs: number): number {
    const host = this.#hosts[Math.floor(pair / this.size / guestsPerHost)];
    const last = this.#sent.length - 1 - (this.nowMs - (host?.toldMs ?? 0)) / tickMs;
    const [from, to] = [this.#sent[last - windowMs / tickMs], this.#sent[last]];
    if (!from || !to) throw new Error('the window reaches back further than is remembered');
    return ((to[pair] ?? 0) - (from[pair] ?? 0)) / windowMs / 125;
  }

  #pair(from: number, to: number): number {
    return (this.#places[from] ?? 0) * this.size + (this.#places[to] ?? 0);
  }

  #send(): void {
    const { phases, heaviestMbps, noise } = this.#conditions;
    const isQuiet = phases !== undefined && (this.nowMs % phases.periodMs) / phases.periodMs >= phases.share;
    const bytesPerMbps = tickMs * 125;
    for (let pair = 0; pair < this.bytes.length; pair++) {
      const rate = this.#rates[pair] ?? 0;
      let sent = isQuiet || rate === 0 ? 0 : rate * (0.8 + 0.4 * this.#float());
      // Now and then, twenty times what is sent on average.
      if (noise > 0 && this.#float() < 0.05) sent += 20 * noise * heaviestMbps * (0.5 + this.#float());
      if (sent > 0) this.bytes[pair] = (this.bytes[pair] ?? 0) + Math.round(sent * bytesPerMbps);
    }
  }

  #read(host: Host): void {
    host.nextReadingMs += 900 + 200 * this.#float();
    host.sequence += 1;
    const { loss, duplication } = this.#conditions;
    const copies = this.#float() < loss ? 0 : this.#float() < duplication ? 2 : 1;
    const observation = this.#observation(host);
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = 5 + 40 * this.#float() + (this.#float() < 0.05 ? 1500 * this.#float() : 0);
      this.#underWay.push({ arrivesMs: this.nowMs + delayMs, observation, readMs: this.nowMs });
    }
  }

  #observation(host: Host): HostObservation {
    const first = this.#hosts.indexOf(host) * guestsPerHost;
    const matrix: MatrixEntry[] = [];
    for (let from = first; from < Math.min(first + guestsPerHost, this.size); from++) {
      for (let to = 0; to < this.size; to++) {
        const bytes = this.bytes[from * this.size + to] ?? 0;
        if (from === to || bytes === 0) continue;
        matrix.push({ network: 'bench', source: macOf(from), destination: macOf(to), bytes, packets: 0 });
      }
    }
    const { name, sequence, clockOffsetMs } = host;
    const atMs = this.nowMs + clockOffsetMs;
    return { host: name, epoch: 'one', sequence, atMs, matrix, links: [], guests: [], drops: [] };
  }
}
