import type { DemandLine, TrafficEntry, VMSet } from '../../schema/generated/types.js';
import { rateMbps } from '../../schema/quantities.js';
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
    if (line.rateMbps > (byPair.get(pair)?.rateMbps ?? 0)) byPair.set(pair, line);
  }
  const lines = [...byPair].sort(([a, x], [b, y]) => y.rateMbps - x.rateMbps || (a < b ? -1 : 1));
  return lines.map(([, line]) => line);
}

function observedLines(traffic: readonly TrafficEntry[], vms: readonly SnapshotVm[]): DemandLine[] {
  const names = new Map(vms.map(({ name, spec }) => [`${spec.network} ${spec.mac}`, name]));
  return traffic.flatMap(({ network, source, destination, rateMbps, origin }) => {
    const [from, to] = [names.get(`${network} ${source}`), names.get(`${network} ${destination}`)];
    return from === undefined || to === undefined || from === to
      ? []
      : [{ source: from, destination: to, rateMbps, origin }];
  });
}

function declaredLines({ spec }: VMSet): DemandLine[] {
  return (spec.demands ?? []).map(({ from, to, bandwidth }) => ({
    source: from,
    destination: to,
    rateMbps: rateMbps(bandwidth),
    origin: 'declared',
  }));
}
