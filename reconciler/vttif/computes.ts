import type { ComputeDemand } from '../../schema/generated/types.js';
import { inWindow, type Span, spansOf } from './spans.js';
import type { HostReadings, VttifState } from './state.js';

/** Processor time of one guest on one host. */
interface Usage {
  cores: number;
  /** Variance of the average; null when one reading is all there is. */
  variance: number | null;
  waitShare: number;
}

/** What VMs need of processors, by guest, over the same window as the matrix; a VM that moved is counted in parts. */
export function computeDemands({ hosts, smoothingIntervalMs }: VttifState): ComputeDemand[] {
  const usages = new Map<string, Usage>();
  for (const host of hosts) {
    const spans = inWindow(spansOf(host), smoothingIntervalMs);
    if (spans.length === 0) continue;
    host.guests.forEach((guest, place) => {
      const usage = usageOf(host, spans, place, smoothingIntervalMs);
      const other = usages.get(guest);
      if (usage !== null) usages.set(guest, other ? together(other, usage) : usage);
    });
  }
  return [...usages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([guest, { cores, variance, waitShare }]) => ({
      guest,
      cores: rounded(cores),
      deviationCores: rounded(Math.sqrt(variance ?? 0)),
      waitShare: rounded(waitShare),
    }));
}

function together(a: Usage, b: Usage): Usage {
  const variance = a.variance === null || b.variance === null ? null : a.variance + b.variance;
  return { cores: a.cores + b.cores, variance, waitShare: a.waitShare + b.waitShare };
}

/** Null for a guest that was not on the host in the window. */
function usageOf({ readings }: HostReadings, spans: readonly Span[], place: number, windowMs: number): Usage | null {
  const beginMs = (spans.at(-1)?.toMs ?? 0) - windowMs;
  let [coveredMs, used, waited, squares, weights] = [0, 0, 0, 0, 0];
  let isThere = false;
  for (const { fromMs, toMs, later } of spans) {
    const weight = toMs - Math.max(fromMs, beginMs);
    const cpuMs = grown(readings[later - 1]?.cpuMs[place], readings[later]?.cpuMs[place]);
    const waitMs = grown(readings[later - 1]?.waitMs[place], readings[later]?.waitMs[place]);
    isThere ||= cpuMs !== null;
    const cores = (cpuMs ?? 0) / (toMs - fromMs);
    coveredMs += weight;
    used += weight * cores;
    squares += weight * cores * cores;
    waited += (weight * (waitMs ?? 0)) / (toMs - fromMs);
    weights += weight * weight;
  }
  if (!isThere) return null;
  const cores = used / coveredMs;
  const count = coveredMs ** 2 / weights;
  const variance = count > 1.5 ? Math.max(0, squares / coveredMs - cores * cores) / (count - 1) : null;
  return { cores, variance, waitShare: waited / coveredMs };
}

/**
 * Growth of a total of processes that run now; null if one of both readings lacks it. It falls when a process ends, and by how much
 * others have grown meanwhile is unknown: that is taken to be nothing.
 */
function grown(before: number | undefined, now: number | undefined): number | null {
  if (before === undefined || now === undefined || before < 0 || now < 0) return null;
  return Math.max(0, now - before);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
