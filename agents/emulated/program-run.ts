import { type Application, type ApplicationPair, flowsAt, nextDrawMs, pairsOf } from './application.js';
import type { Flow } from './route.js';

/** How far a program has come. */
export interface Progress {
  now: Arrived;
  /** At the end of the last whole iteration; of a program without iterations as `now`. */
  iteration: Arrived;
}

interface Arrived {
  atMs: number;
  megabits: number;
}

/**
 * A program as it runs. What a bulk-synchronous one wants to send depends on what it has got to send: it computes when all that
 * belongs to an iteration has arrived, however long that takes. Times count from the beginning of the scenario.
 */
export class ProgramRun {
  readonly pairs: readonly ApplicationPair[];
  readonly #application: Application;
  readonly #seed: number;
  readonly #key: number;
  #atMs: number;
  #megabits = 0;
  /** What each pair has yet to send in this iteration; null while the program computes, or has not begun. */
  #leftMb: Float64Array | null = null;
  /** End of the computation. */
  #computesUntilMs: number;
  #iteration: Arrived;

  /** `key` tells the program from others with the same seed. */
  constructor(application: Application, seed: number, key: number, atMs: number) {
    this.#application = application;
    this.#seed = seed;
    this.#key = key;
    this.#atMs = atMs;
    this.pairs = pairsOf(application);
    this.#computesUntilMs = Math.max(atMs, application.fromMs);
    this.#iteration = { atMs, megabits: 0 };
    this.#turn();
  }

  /** What its pairs want to send now: the same pairs in the same order at all times. */
  flows(): Flow[] {
    const isSending = this.#runs() && (this.#application.phases === undefined || this.#leftMb !== null);
    const flows = flowsAt(this.#application, this.pairs, isSending, this.#atMs, this.#seed, this.#key);
    const left = this.#leftMb;
    return left ? flows.map((flow, i) => (left[i] === 0 ? { ...flow, rateMbps: 0 } : flow)) : flows;
  }

  /** The first instant from now on at which `flows` may be others if they get `ratesMbps` until then. Whole milliseconds. */
  nextChangeMs(ratesMbps: ArrayLike<number>): number {
    const { fromMs, untilMs = Number.POSITIVE_INFINITY, phases } = this.#application;
    if (this.#atMs < fromMs) return fromMs;
    if (this.#atMs >= untilMs) return Number.POSITIVE_INFINITY;
    if (phases && !this.#leftMb) return Math.min(untilMs, this.#computesUntilMs);
    let nextMs = Math.min(untilMs, nextDrawMs(this.#application, this.#atMs));
    this.#leftMb?.forEach((leftMb, pair) => {
      const rateMbps = ratesMbps[pair] ?? 0;
      if (leftMb <= 0 || leftMb === Number.POSITIVE_INFINITY || rateMbps <= 0) return;
      nextMs = Math.min(
        nextMs,
        Math.max(Math.floor(this.#atMs) + 1, Math.ceil(this.#atMs + (leftMb / rateMbps) * 1000)),
      );
    });
    return nextMs;
  }

  /** Its pairs have got `ratesMbps` until `toMs`, which is not later than the next change. */
  goOn(toMs: number, ratesMbps: ArrayLike<number>): void {
    const seconds = (toMs - this.#atMs) / 1000;
    this.pairs.forEach((_, pair) => {
      const sentMb = (ratesMbps[pair] ?? 0) * seconds;
      this.#megabits += sentMb;
      if (this.#leftMb) this.#leftMb[pair] = Math.max(0, (this.#leftMb[pair] ?? 0) - sentMb);
    });
    this.#atMs = toMs;
    this.#turn();
  }

  progress(): Progress {
    const now = { atMs: this.#atMs, megabits: this.#megabits };
    return { now, iteration: this.#application.phases ? this.#iteration : now };
  }

  /** Computes when all is sent, and sends when all is computed. */
  #turn(): void {
    const { phases } = this.#application;
    if (!phases || !this.#runs()) return;
    const isSent = this.#leftMb?.every((leftMb) => leftMb === 0 || leftMb === Number.POSITIVE_INFINITY) ?? false;
    if (isSent) {
      this.#leftMb = null;
      this.#computesUntilMs = this.#atMs + phases.periodMs - phases.busyMs;
    }
    if (this.#leftMb || this.#atMs < this.#computesUntilMs) return;
    this.#leftMb = this.#volumesMb(phases.busyMs);
    this.#iteration = { atMs: this.#atMs, megabits: this.#megabits };
  }

  /** What each pair has to send in an iteration. Nobody waits for the end of what pairs send beside the pattern. */
  #volumesMb(busyMs: number): Float64Array {
    const { peakMbps } = this.#application;
    return Float64Array.from(this.pairs, ({ weight }) =>
      weight > 0 ? (weight * peakMbps * busyMs) / 1000 : Number.POSITIVE_INFINITY,
    );
  }

  #runs(): boolean {
    const { fromMs, untilMs = Number.POSITIVE_INFINITY } = this.#application;
    return this.#atMs >= fromMs && this.#atMs < untilMs;
  }
}
