import type { DemandLine, TrafficEntry, VMSet } from '../../schema/generated/types.js';
import { durationMs, rateMbps } from '../../schema/quantities.js';
import type { SnapshotVm } from '../model/snapshot.js';

/**
 * Observed and declared demands between VMs, the larger of both for each pair; the largest first, then by name. Traffic with an
 * address that is no VM's is left out: it is not VMs that would have to move for it.
 */
export function demandLines(
  traffic: readonly TrafficEntry[],
  sets: readonly VMSet[],
  vms: readonly SnapshotVm[],
): DemandLine[] {
  const byPair = new Map<string, DemandLine>();
  for (const line of [...observedLines(traffic, vms), ...sets.flatMap(declaredLines)]) {
    const pair = `${line.source} ${line.destination}`;
    const known = byPair.get(pair);
    const larger = line.rateMbps > (known?.rateMbps ?? 0) ? line : known;
    const maxLatencyMs = line.maxLatencyMs ?? known?.maxLatencyMs;
    if (larger) byPair.set(pair, maxLatencyMs === undefined ? larger : { ...larger, maxLatencyMs });
  }
  const lines = [...byPair].sort(([a, x], [b, y]) => y.rateMbps - x.rateMbps || (a < b ? -1 : 1));
  return lines.map(([, line]) => line);
}

function observedLines(traffic: readonly TrafficEntry[], vms: readonly SnapshotVm[]): DemandLine[] {
  const names = new Map(vms.map(({ name, spec }) => [`${spec.network} ${spec.mac}`, name]));
  return traffic.flatMap(({ network, source, destination, rateMbps, origin, deviationMbps }) => {
    const [from, to] = [names.get(`${network} ${source}`), names.get(`${network} ${destination}`)];
    return from === undefined || to === undefined || from === to
      ? []
      : [
          {
            source: from,
            destination: to,
            rateMbps,
            origin,
            ...(deviationMbps === undefined ? {} : { deviationMbps }),
          },
        ];
  });
}

function declaredLines({ spec }: VMSet): DemandLine[] {
  return (spec.demands ?? []).map(({ from, to, bandwidth, maxLatency }) => ({
    source: from,
    destination: to,
    rateMbps: rateMbps(bandwidth),
    origin: 'declared',
    ...(maxLatency === undefined ? {} : { maxLatencyMs: durationMs(maxLatency) }),
  }));
}
