import type { HostObservation } from '../../../schema/generated/types.js';

/** A host's clocks: the monotonic one began at some time and gains; the other is ahead of it by what somebody has set. */
export interface WorldClock {
  name: string;
  /** What the monotonic clock shows at time 0. */
  startUs: number;
  driftPpm: number;
  /** Its rate swings by so much in a minute. */
  swingPpm: number;
  realtimeAheadUs: number;
  /** To the reconciler. */
  messageMs: number;
}

export interface WorldPath {
  from: number;
  to: number;
  leastUs: number;
  /** Mean of what packets wait beyond that. */
  queueUs: number;
}

const minuteUs = 60e6;

/** Hosts whose clocks differ, and whose packets tell of it as the wire does. True time is in microseconds. */
export class ClockWorld {
  readonly #clocks: readonly WorldClock[];
  readonly #paths: readonly WorldPath[];
  readonly #random: () => number;
  #sequence = 0;

  constructor(clocks: readonly WorldClock[], paths: readonly WorldPath[], random: () => number) {
    this.#clocks = clocks;
    this.#paths = paths;
    this.#random = random;
  }

  monotonicUs(host: number, trueUs: number): number {
    const { startUs, driftPpm, swingPpm } = this.#clock(host);
    const swing = ((swingPpm / 1e6) * minuteUs * Math.sin((2 * Math.PI * trueUs) / minuteUs)) / (2 * Math.PI);
    return startUs + trueUs * (1 + driftPpm / 1e6) + swing;
  }

  /** What its clock that counts from the epoch shows. */
  realtimeUs(host: number, trueUs: number): number {
    return this.monotonicUs(host, trueUs) + this.#clock(host).realtimeAheadUs;
  }

  /** What all hosts tell of the second that ends now, each when it reaches the reconciler. */
  second(trueUs: number): { observation: HostObservation; receivedAtMs: number }[] {
    this.#sequence += 1;
    return this.#clocks.map(({ name, realtimeAheadUs, messageMs }, host) => ({
      observation: {
        ...{
          host: name,
          epoch: 'one',
          sequence: this.#sequence,
          atMs: 0,
          matrix: [],
          links: [],
          guests: [],
          drops: [],
        },
        clocks: {
          monotonicUs: this.monotonicUs(host, trueUs),
          realtimeAheadUs,
          arrivals: this.#arrivals(host, trueUs),
        },
      },
      receivedAtMs: trueUs / 1000 + messageMs * (1 + this.#random()),
    }));
  }

  #arrivals(host: number, trueUs: number) {
    return this.#paths.flatMap(({ from, to, leastUs, queueUs }) => {
      if (to !== host || this.#random() < 0.1) return [];
      const crossings = Array.from({ length: 4 }, () => {
        const leftUs = trueUs - 1e6 * this.#random() - leastUs - 10 * queueUs;
        const cameUs = leftUs + leastUs - queueUs * Math.log(1 - 0.99 * this.#random());
        const atUs = this.monotonicUs(host, cameUs);
        return { peer: this.#clock(from).name, atUs, differenceUs: atUs - this.monotonicUs(from, leftUs) };
      });
      const [least] = crossings.sort((a, b) => a.differenceUs - b.differenceUs);
      if (!least) return [];
      // How often the stamps' clock has begun again, the receiver cannot know.
      const turns = Math.floor(least.differenceUs / 2 ** 20) + 3;
      return [{ ...least, differenceUs: least.differenceUs - turns * 2 ** 20 }];
    });
  }

  #clock(host: number): WorldClock {
    const clock = this.#clocks[host];
    if (!clock) throw new Error(`there is no host ${host} in this world`);
    return clock;
  }
}
