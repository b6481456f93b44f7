import type { SeededNoise } from './seeded-noise.js';

/** Segments on their way, as the sender sees them acknowledged. */
export interface AckEvent {
  atNs: number;
  segments: number;
  /** Segments that the path dropped and the sender learns of now; they are sent again. */
  lost: number;
  sentAtNs: number;
  deliveredBefore: number;
}

export interface SenderOptions {
  /** `window`: bursts as the window opens; `bbr`: paced at the rate found; `paced`: at a given rate. */
  control: 'window' | 'bbr' | 'paced';
  windowSegments: number;
  pacingMbps?: number;
  messageBytes: [low: number, high: number];
  meanPauseMs: number;
  noise: SeededNoise;
}

export const segmentBytes = 1400;
export const wireBytes = 1500;
const superPacketSegments = 44;

/** Decides when how many segments leave: one run of segments with one departure at a time. */
export class SimulatedSender {
  inFlight = 0;
  #remaining: number;
  #delivered = 0;
  #messageAtNs = 0;
  #window = 10;
  #threshold = Number.POSITIVE_INFINITY;
  #lastCutNs = -1e12;
  #nextReleaseNs = 0;
  // What the paced sender has found: rate in segments a ns, and how far its cycle is.
  #rates: { atNs: number; rate: number }[] = [];
  #roundTripNs = Number.POSITIVE_INFINITY;
  #fullRate = 0;
  #flatRounds = 0;
  #phase = 0;
  #phaseAtNs = 0;
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#remaining = this.#nextMessage();
  }

  /** When the next run can leave if nothing is acknowledged before; infinity if only an acknowledgement helps. */
  nextAtNs(): number {
    if (this.#remaining === 0 || this.inFlight >= this.#allowance()) return Number.POSITIVE_INFINITY;
    return Math.max(this.#messageAtNs, this.#nextReleaseNs);
  }

  /** Sends a run now; returns its segments. */
  send(nowNs: number): number {
    const rate = this.#pacingRate(nowNs);
    const quantum =
      rate === undefined ? superPacketSegments : Math.max(2, Math.min(superPacketSegments, Math.floor(rate * 1e6)));
    const segments = Math.min(quantum, this.#remaining, Math.floor(this.#allowance() - this.inFlight));
    const run = Math.max(1, segments);
    this.#remaining -= run;
    this.inFlight += run;
    if (rate !== undefined) this.#nextReleaseNs = nowNs + run / rate;
    if (this.#remaining === 0) {
      this.#remaining = this.#nextMessage();
      this.#messageAtNs = nowNs + this.#options.noise.exponential(this.#options.meanPauseMs * 1e6);
    }
    return run;
  }

  get delivered(): number {
    return this.#delivered;
  }

  acknowledged(event: AckEvent): void {
    this.inFlight -= event.segments + event.lost;
    this.#remaining += event.lost;
    this.#delivered += event.segments;
    this.#roundTripNs = Math.min(this.#roundTripNs, event.atNs - event.sentAtNs);
    if (event.lost > 0 && event.atNs - this.#lastCutNs > 2 * this.#roundTripNs) {
      this.#threshold = Math.max(4, this.inFlight / 2);
      this.#window = this.#threshold;
      this.#lastCutNs = event.atNs;
    }
    const grown = this.#window < this.#threshold ? event.segments : event.segments / this.#window;
    this.#window = Math.min(this.#options.windowSegments, this.#window + grown);
    this.#findRate(event);
  }

  #nextMessage(): number {
    const [low, high] = this.#options.messageBytes;
    return Math.ceil(this.#options.noise.logUniform(low, high) / segmentBytes);
  }

  #allowance(): number {
    if (this.#options.control !== 'bbr') return this.#window;
    const best = this.#bestRate();
    return best === undefined ? 20 : Math.max(8, 2 * best * this.#roundTripNs + 4);
  }

  #bestRate(): number | undefined {
    return this.#rates[0]?.rate;
  }

  #pacingRate(nowNs: number): number | undefined {
    const { control, pacingMbps } = this.#options;
    if (control === 'window') return undefined;
    if (control === 'paced') return (pacingMbps ?? 1) / 1000 / (wireBytes * 8);
    const best = this.#bestRate();
    if (best === undefined) return 10 / Math.max(1e6, Math.min(this.#roundTripNs, 1e8));
    if (this.#flatRounds < 3) return 2.89 * best;
    if (nowNs - this.#phaseAtNs > this.#roundTripNs) {
      this.#phase = (this.#phase + 1) % 8;
      this.#phaseAtNs = nowNs;
    }
    return best * (this.#phase === 0 ? 1.25 : this.#phase === 1 ? 0.75 : 1);
  }

  /** Delivery rate over the flight, its largest value over the last ten round trips kept in front. */
  #findRate(event: AckEvent): void {
    const spanNs = event.atNs - event.sentAtNs;
    const rate = (this.#delivered - event.deliveredBefore) / Math.max(spanNs, this.#roundTripNs);
    const oldest = event.atNs - Math.max(10 * this.#roundTripNs, 1e8);
    while (this.#rates[0] && this.#rates[0].atNs < oldest && this.#rates.length > 1) this.#rates.shift();
    while (this.#rates.length > 0 && (this.#rates.at(-1)?.rate ?? 0) <= rate) this.#rates.pop();
    this.#rates.push({ atNs: event.atNs, rate });
    if (this.#flatRounds >= 3 || event.atNs - this.#phaseAtNs < this.#roundTripNs) return;
    this.#phaseAtNs = event.atNs;
    const best = this.#bestRate() ?? 0;
    if (best > this.#fullRate * 1.25) {
      this.#fullRate = best;
      this.#flatRounds = 0;
    } else this.#flatRounds += 1;
  }
}
