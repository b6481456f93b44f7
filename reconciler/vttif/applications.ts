import type { Application } from '../../schema/generated/types.js';
import { type Pair, type PairRate, pairName } from '../model/pair.js';
import { classify } from './classify.js';
import { type Component, componentAt, components } from './components.js';
import { prune } from './prune.js';

/** The applications that the pruned matrix shows, each with its pattern; by network, then first address. */
export function applicationsOf(matrix: readonly PairRate[], pruneThreshold: number): Application[] {
  const topology = prune(matrix, pruneThreshold);
  const parts = components(topology);
  const pruned = prunedWithin(parts, matrix);
  return parts.map((part, index) => {
    const floorMbps = pruneThreshold * part.entries.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
    const { shape, confidence } = classify(part.entries, { floorMbps, prunedMbps: pruned[index] ?? [] });
    return { network: part.network, vms: part.vms, shape, confidence };
  });
}

/** By component: rates of the entries between its VMs that were pruned, of both directions the larger; none where the other was kept. */
function prunedWithin(parts: readonly Component<PairRate>[], matrix: readonly PairRate[]): number[][] {
  const partAt = componentAt(parts);
  const kept = new Set(parts.flatMap(({ entries }) => entries.map(undirected)));
  const rates = parts.map(() => new Map<string, number>());
  for (const entry of matrix) {
    const index = partAt(entry.network, entry.source);
    if (index === undefined || index !== partAt(entry.network, entry.destination)) continue;
    const name = undirected(entry);
    const known = rates[index];
    if (!kept.has(name)) known?.set(name, Math.max(known.get(name) ?? 0, entry.rateMbps));
  }
  return rates.map((each) => [...each.values()]);
}

function undirected({ network, source, destination }: Pair): string {
  const isOrdered = source <= destination;
  return pairName({ network, source: isOrdered ? source : destination, destination: isOrdered ? destination : source });
}
