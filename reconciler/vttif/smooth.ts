import { type PairRate, pairNamed } from '../model/pair.js';
import type { HostSamples, Sample, VttifState } from './state.js';

/** The global traffic matrix after the low-pass filter. */
export interface Smoothed {
  /** By pair. */
  rates: PairRate[];
  /** Whether a whole window has been seen since it began, on every host that counts. */
  filled: boolean;
}

/** A host that is silent for longer than this many windows has no traffic; until then its last rates are held. */
const heldWindows = 3;

/**
 * Average rate of each pair over the sliding window that ends with each host's newest sample, summed over hosts: a VM that moved
 * is counted in parts. Before a window is full the average is over what it covers. A host that falls silent is stale, not idle:
 * its last window is held, also across a disturbance, after which the matrix does not count as filled until the host is heard
 * again or given up.
 */
export function smooth(state: VttifState, nowMs: number, windowMs: number): Smoothed {
  const start = state.windowStartMs;
  const sums = new Map<string, number>();
  let filled = start !== null && nowMs - start >= windowMs;
  for (const { samples } of state.hosts) {
    if (isGivenUp(samples, nowMs, windowMs)) continue;
    const fresh = samples.filter(({ fromMs }) => start === null || fromMs >= start);
    if (fresh.length === 0) filled = false;
    const rates = averageRates(inWindow(fresh.length > 0 ? fresh : samples, windowMs), windowMs);
    for (const [name, rate] of rates) sums.set(name, (sums.get(name) ?? 0) + rate);
  }
  const names = [...sums.keys()].sort();
  const rates = names.map((name) => ({ ...pairNamed(name), rateMbps: sums.get(name) ?? 0 }));
  return { rates, filled };
}

/** Drops samples that no window will reach again. */
export function forget(hosts: readonly HostSamples[], nowMs: number, windowMs: number): HostSamples[] {
  return hosts.map((host) => ({
    ...host,
    samples: isGivenUp(host.samples, nowMs, windowMs) ? [] : inWindow(host.samples, windowMs),
  }));
}

function isGivenUp(samples: readonly Sample[], nowMs: number, windowMs: number): boolean {
  const newest = samples.at(-1);
  return newest === undefined || nowMs - newest.toMs > heldWindows * windowMs;
}

function inWindow(samples: readonly Sample[], windowMs: number): Sample[] {
  const endMs = samples.at(-1)?.toMs ?? 0;
  return samples.filter(({ toMs }) => toMs > endMs - windowMs);
}

/** Each sample counts for as long as it lies in the window. */
function averageRates(samples: readonly Sample[], windowMs: number): Map<string, number> {
  const endMs = samples.at(-1)?.toMs ?? 0;
  const sums = new Map<string, number>();
  let coveredMs = 0;
  for (const { fromMs, toMs, rates } of samples) {
    const weight = toMs - Math.max(fromMs, endMs - windowMs);
    coveredMs += weight;
    for (const [name, rate] of Object.entries(rates)) sums.set(name, (sums.get(name) ?? 0) + rate * weight);
  }
  return new Map([...sums].map(([name, sum]) => [name, sum / coveredMs]));
}
