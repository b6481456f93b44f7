import { exponentialAt } from './hash-random.js';
import type { StepFunction } from './step-function.js';

/**
 * Traffic of others on one resource of the underlay: it takes what it wants, and flows of guests share the rest. Times count from
 * the beginning of the scenario.
 */
export type CrossTraffic = { resource: string } & CrossTrafficShape;

type CrossTrafficShape =
  | { kind: 'constant'; rateMbps: number; fromMs?: number; untilMs?: number }
  /** Times on and off are drawn from exponential distributions with these means. */
  | { kind: 'on-off'; rateMbps: number; meanOnMs: number; meanOffMs: number }
  /** Ascending. Each rate holds until the next one. */
  | { kind: 'steps'; steps: { atMs: number; rateMbps: number }[] };

const shortestTimeMs = 10;

/** Its rate in Mb/s over time. `key` tells it from other traffic with the same seed. */
export function crossTrafficSteps(traffic: CrossTraffic, durationMs: number, seed: number, key: number): StepFunction {
  if (traffic.kind === 'steps') {
    return {
      timesMs: traffic.steps.map(({ atMs }) => atMs),
      values: traffic.steps.map(({ rateMbps }) => rateMbps),
    };
  }
  if (traffic.kind === 'constant') {
    const { fromMs = 0, untilMs = Number.POSITIVE_INFINITY, rateMbps } = traffic;
    return { timesMs: [fromMs, untilMs], values: [rateMbps, 0] };
  }
  const timesMs: number[] = [];
  const values: number[] = [];
  const means = [traffic.meanOnMs, traffic.meanOffMs];
  for (let atMs = 0, turn = 0; atMs < durationMs; turn++) {
    timesMs.push(atMs);
    values.push(turn % 2 === 0 ? traffic.rateMbps : 0);
    atMs += Math.max(shortestTimeMs, Math.round(exponentialAt(seed, key, turn) * (means[turn % 2] ?? 0)));
  }
  return { timesMs, values };
}

/** What the process behind it gives on average in Mb/s; null where its rates are stated, not drawn. */
export function drawnMeanMbps(traffic: CrossTraffic): number | null {
  if (traffic.kind !== 'on-off') return null;
  const { rateMbps, meanOnMs, meanOffMs } = traffic;
  return (rateMbps * meanOnMs) / (meanOnMs + meanOffMs);
}

/** What is wrong with it, for people. */
export function crossTrafficFaults(traffic: CrossTraffic, resources: ReadonlySet<string>): string[] {
  const about = `Cross traffic on ${traffic.resource}`;
  const faults: string[] = [];
  if (!resources.has(traffic.resource))
    faults.push(`${about}: the underlay has no such resource; name one of its own.`);
  const rates = traffic.kind === 'steps' ? traffic.steps.map(({ rateMbps }) => rateMbps) : [traffic.rateMbps];
  if (!rates.every((rate) => rate >= 0)) faults.push(`${about}: a rate is negative or no number; give Mb/s from 0 on.`);
  if (traffic.kind === 'on-off' && !(traffic.meanOnMs > 0 && traffic.meanOffMs > 0))
    faults.push(`${about}: times on and off must be above 0 ms.`);
  if (traffic.kind === 'steps' && !traffic.steps.every(({ atMs }, i) => atMs > (traffic.steps[i - 1]?.atMs ?? -1)))
    faults.push(`${about}: steps must be in ascending order of time.`);
  return faults;
}
