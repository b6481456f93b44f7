import type { VmSchedule } from '../../schema/generated/types.js';
import { digest } from '../model/canonical.js';
import type { FleetState } from '../model/fleet-state.js';

/**
 * Digest of the fleet's networks, links, guests, rules and schedules. A host with nothing on it counts as absent, and what users have put
 * in place of schedules does not count: they may do so at any time.
 */
const stated = ({ adjusted: _, ...schedule }: VmSchedule) => schedule;

export function stateDigest(state: FleetState): string {
  const hosts = [...state].flatMap(([name, { networks, links, guests, rules, schedules }]) => {
    if (networks.size + links.size + guests.size + rules.size + schedules.size === 0) return [];
    const config = {
      networks: Object.fromEntries(networks),
      links: Object.fromEntries(links),
      guests: Object.fromEntries(guests),
      rules: Object.fromEntries(rules),
      ...(schedules.size > 0
        ? { schedules: Object.fromEntries([...schedules].map(([vm, schedule]) => [vm, stated(schedule)])) }
        : {}),
    };
    return [[name, config] as const];
  });
  return digest(Object.fromEntries(hosts));
}
