import { AckMatcher } from '../../../agents/wren/ack-matcher.js';
import { PathEstimator, type WindowEstimate } from '../../../agents/wren/path-estimator.js';
import type { SimulatedTrace } from './simulated-path.js';

/** What the windows of one trace came to. Errors are relative to the truth; shares are of all windows that count. */
export interface Accuracy {
  windows: number;
  /** Share of windows with a figure. */
  known: number;
  medianError: number;
  p90Error: number;
  /** Share of windows whose interval or bounds contain the truth. */
  covered: number;
  /** The same among those with a figure. */
  coveredKnown: number;
  capacityMbps: number;
  /** Mean of estimate less truth, relative. */
  bias: number;
}

/** Plays a trace through the estimator and compares it with the truth of each window, once a second. */
export function accuracyOf(
  trace: SimulatedTrace,
  sides: 'two-sided' | 'one-sided',
  toTruthNs = (ns: number) => ns - 1e9,
): Accuracy {
  const windows: { estimate: WindowEstimate; truth: number }[] = [];
  const estimator = new PathEstimator(sides);
  const skipNs = 1e9 + 6e9;
  let nextNs = Number.NaN;
  const tell = (nowNs: number) => {
    if (Number.isNaN(nextNs)) nextNs = nowNs + skipNs;
    while (nowNs >= nextNs) {
      const estimate = estimator.estimate(nextNs);
      const truth = trace.availableMbps(Math.max(0, toTruthNs(nextNs - estimator.windowNs)), toTruthNs(nextNs));
      if (estimate) windows.push({ estimate, truth });
      nextNs += 1e9;
    }
  };
  if (sides === 'two-sided')
    for (const packet of trace.packets) {
      tell(packet.arrivalNs);
      estimator.packet(packet);
    }
  else {
    const matcher = new AckMatcher();
    for (const event of trace.sent) {
      if (event.kind === 'departure') {
        matcher.departure(event.departure);
        continue;
      }
      tell(event.acknowledgement.atNs);
      const packet = matcher.acknowledgement(event.acknowledgement);
      if (packet) estimator.packet(packet);
    }
  }
  return summary(windows);
}

function summary(windows: { estimate: WindowEstimate; truth: number }[]): Accuracy {
  const known = windows.filter(({ estimate }) => estimate.available.mbps !== undefined);
  const errors = known.map(({ estimate, truth }) => ((estimate.available.mbps as number) - truth) / truth);
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const isCovered = ({ estimate: { available }, truth }: { estimate: WindowEstimate; truth: number }) =>
    available.lowMbps <= truth && truth <= available.highMbps;
  return {
    windows: windows.length,
    known: known.length / windows.length,
    medianError: sizes[sizes.length >> 1] ?? Number.NaN,
    p90Error: sizes[Math.floor(sizes.length * 0.9)] ?? Number.NaN,
    covered: windows.filter(isCovered).length / windows.length,
    coveredKnown: known.filter(isCovered).length / known.length,
    capacityMbps: windows.at(-1)?.estimate.capacityMbps ?? Number.NaN,
    bias: errors.reduce((sum, error) => sum + error, 0) / errors.length,
  };
}
