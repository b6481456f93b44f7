import type { TimedPacket } from '../../agents/wren/packet.js';
import { PathEstimator } from '../../agents/wren/path-estimator.js';
import { SelfInducedCongestion } from '../../agents/wren/sic.js';
import { TraceWriter } from '../../agents/wren/trace-file.js';

/** What one estimator got. */
class Heard {
  readonly sic = new SelfInducedCongestion();
  readonly trace = new TraceWriter({ names: true });
  readonly firstNs: number;
  readonly #path: number;
  bytes = 0;

  constructor(firstNs: number) {
    this.firstNs = firstNs;
    // Whose packets they are, and how they were seen, the estimator does not know; the cell's name says it.
    this.#path = this.trace.path({ peer: 'host', direction: 'from-peer', method: 'two-sided' });
  }

  packet(packet: TimedPacket): void {
    this.sic.packet(packet);
    this.trace.packet(this.#path, packet);
    this.bytes += packet.bytes;
  }
}

/** The seed's method, and a trace, of the very packets that the agents' estimators in this process get. */
export class PacketsBeside {
  readonly #heard = new Map<PathEstimator, Heard>();
  readonly #original = PathEstimator.prototype.packet;

  constructor() {
    const [heard, original] = [this.#heard, this.#original];
    PathEstimator.prototype.packet = function (this: PathEstimator, packet: TimedPacket): void {
      const beside = heard.get(this) ?? new Heard(packet.arrivalNs);
      heard.set(this, beside);
      beside.packet(packet);
      original.call(this, packet);
    };
  }

  /** Of the path that most has gone over, in the window up to now: between the rates that congested it and that did not. */
  availableMbps(windowMs: number): number | undefined {
    const estimate = this.#most()?.sic.estimate(Number(process.hrtime.bigint()) - windowMs * 1e6);
    const { highestUncongestedMbps: low, lowestCongestedMbps: high } = estimate ?? {};
    return low !== undefined && high !== undefined ? (low + high) / 2 : (low ?? high);
  }

  /** The packets of the path that most has gone over, and when the first of them came, since the epoch. */
  trace(): { bytes: Uint8Array; firstMs: number } | undefined {
    const most = this.#most();
    if (most === undefined) return undefined;
    const agoMs = (Number(process.hrtime.bigint()) - most.firstNs) / 1e6;
    return { bytes: most.trace.take(), firstMs: Date.now() - agoMs };
  }

  /** Estimators are as before. */
  end(): void {
    PathEstimator.prototype.packet = this.#original;
  }

  #most(): Heard | undefined {
    return [...this.#heard.values()].sort((a, b) => b.bytes - a.bytes)[0];
  }
}
