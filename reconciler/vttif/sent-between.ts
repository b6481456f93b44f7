import { bytesToMbps } from '../model/counters.js';
import { bytesSent, spansOf } from './spans.js';
import type { HostReadings } from './state.js';

/** What pairs sent in a time, as their hosts have counted it. */
export interface Sent {
  /** Mb/s on average, by `pairName`; pairs that sent nothing are left out. */
  rates: Map<string, number>;
  /** Hosts of which nothing is known in that time. */
  unheard: Set<string>;
}

/** Averages over the part of the time of which each host has told; a reading that reaches beyond it counts in part. */
export function sentBetween(hosts: readonly HostReadings[], fromMs: number, toMs: number): Sent {
  const rates = new Map<string, number>();
  const unheard = new Set<string>();
  for (const host of hosts) {
    const bytes = new Float64Array(host.pairs.length);
    let coveredMs = 0;
    for (const span of spansOf(host)) {
      const insideMs = Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs);
      if (insideMs <= 0) continue;
      coveredMs += insideMs;
      const sentAt = bytesSent(host.readings, span.later);
      const share = insideMs / (span.toMs - span.fromMs);
      for (let place = 0; place < bytes.length; place++) bytes[place] = (bytes[place] ?? 0) + sentAt(place) * share;
    }
    if (coveredMs === 0) unheard.add(host.host);
    for (const [place, name] of host.pairs.entries()) {
      const sent = bytes[place] ?? 0;
      if (sent > 0) rates.set(name, (rates.get(name) ?? 0) + bytesToMbps(sent, coveredMs));
    }
  }
  return { rates, unheard };
}
