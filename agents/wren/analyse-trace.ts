import type { TimedPacket } from './packet.js';
import { PathEstimator, type WindowEstimate } from './path-estimator.js';
import { SelfInducedCongestion, type SicEstimate } from './sic.js';
import { readTrace, type TraceFault, type TracePath } from './trace-file.js';

/** What was known of a path at a time of the trace. */
export interface AnalysedWindow {
  atSeconds: number;
  estimate: WindowEstimate;
  sic: SicEstimate;
}

export interface AnalysedPath extends TracePath {
  packets: number;
  windows: AnalysedWindow[];
}

/** `fault` where the trace ends to make sense; what came before is analysed all the same. */
export interface TraceAnalysis {
  paths: AnalysedPath[];
  fault?: TraceFault;
}

/** Plays a trace through the estimator; every so many seconds in which a path had packets it tells what was known. */
export function analyseTrace(bytes: Uint8Array, everySeconds: number): TraceAnalysis {
  const runs: PathRun[] = [];
  const fault = readTrace(bytes, {
    path: (path) => {
      runs.push(new PathRun(path, everySeconds * 1e9));
    },
    packet: (path, packet) => runs[path]?.packet(packet),
  });
  return { paths: runs.map((run) => run.end()), ...(fault ? { fault } : {}) };
}

class PathRun {
  readonly #result: AnalysedPath;
  readonly #estimator: PathEstimator;
  readonly #sic = new SelfInducedCongestion();
  readonly #everyNs: number;
  #nextNs: number | undefined;
  #newestNs = 0;

  constructor(path: TracePath, everyNs: number) {
    this.#result = { ...path, packets: 0, windows: [] };
    this.#estimator = new PathEstimator(path.method);
    this.#everyNs = everyNs;
  }

  packet(packet: TimedPacket): void {
    this.#nextNs ??= packet.arrivalNs + this.#everyNs;
    if (packet.arrivalNs >= this.#nextNs) {
      this.#tell(this.#nextNs);
      const passed = Math.floor((packet.arrivalNs - this.#nextNs) / this.#everyNs);
      this.#nextNs += (passed + 1) * this.#everyNs;
    }
    this.#estimator.packet(packet);
    this.#sic.packet(packet);
    this.#result.packets += 1;
    this.#newestNs = packet.arrivalNs;
  }

  end(): AnalysedPath {
    if (this.#result.packets > 0) this.#tell(this.#newestNs);
    return this.#result;
  }

  #tell(nowNs: number): void {
    const estimate = this.#estimator.estimate(nowNs);
    if (!estimate) return;
    const sic = this.#sic.estimate(nowNs - this.#estimator.windowNs);
    this.#result.windows.push({ atSeconds: Math.round(nowNs / 1e6) / 1000, estimate, sic });
  }
}
