import type { TimedPacket } from '../../agents/wren/packet.js';
import { PathEstimator } from '../../agents/wren/path-estimator.js';
import { SelfInducedCongestion } from '../../agents/wren/sic.js';

/** The seed's method, on the very packets that the agents' estimators in this process get. */
export class SicBeside {
  readonly #byEstimator = new Map<PathEstimator, { sic: SelfInducedCongestion; bytes: number }>();
  readonly #original = PathEstimator.prototype.packet;

  constructor() {
    const [byEstimator, original] = [this.#byEstimator, this.#original];
    PathEstimator.prototype.packet = function (this: PathEstimator, packet: TimedPacket): void {
      const beside = byEstimator.get(this) ?? { sic: new SelfInducedCongestion(), bytes: 0 };
      byEstimator.set(this, beside);
      beside.sic.packet(packet);
      beside.bytes += packet.bytes;
      original.call(this, packet);
    };
  }

  /** Of the path that most has gone over, in the window up to now: between the rates that congested it and that did not. */
  availableMbps(windowMs: number): number | undefined {
    const most = [...this.#byEstimator.values()].sort((a, b) => b.bytes - a.bytes)[0];
    if (most === undefined) return undefined;
    const estimate = most.sic.estimate(Number(process.hrtime.bigint()) - windowMs * 1e6);
    const { highestUncongestedMbps: low, lowestCongestedMbps: high } = estimate;
    return low !== undefined && high !== undefined ? (low + high) / 2 : (low ?? high);
  }

  /** Estimators are as before. */
  end(): void {
    PathEstimator.prototype.packet = this.#original;
  }
}
