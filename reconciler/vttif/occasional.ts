import type { TrafficEntry } from '../../schema/generated/types.js';
import { pairName } from '../model/pair.js';
import { components } from './components.js';
import type { SmoothedRate } from './rates.js';

/**
 * Pairs that belong to an application beside those of its `topology`, because they have talked of late. Where an application is held
 * back, its other pairs wait for those that are, for longer than a window perhaps, and what they send when their turn comes would
 * take whatever way there is. They count as the least of the application, for what they are seen to send may be of before.
 * @param recent rates over some windows
 */
export function occasionalPairs(topology: readonly TrafficEntry[], recent: readonly SmoothedRate[]): TrafficEntry[] {
  const heldBack = components(topology).filter(({ entries }) => entries.some(({ origin }) => origin === 'at-least'));
  const known = new Set(topology.map(pairName));
  const partOf = new Map(
    heldBack.flatMap(({ network, vms, entries }) => {
      const part = { leastMbps: Math.min(...entries.map(({ rateMbps }) => rateMbps)) };
      return vms.map((vm) => [`${network} ${vm}`, part] as const);
    }),
  );
  return recent.flatMap(({ name, network, source, destination, rateMbps }): TrafficEntry[] => {
    const part = partOf.get(`${network} ${source}`);
    const isWithin = part !== undefined && part === partOf.get(`${network} ${destination}`);
    if (!isWithin || known.has(name) || source === destination) return [];
    return [{ network, source, destination, rateMbps: Math.min(rateMbps, part.leastMbps), origin: 'observed' }];
  });
}
