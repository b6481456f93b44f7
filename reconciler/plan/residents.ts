import type { GuestSpec } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';

/** A VM where it runs. */
export interface Resident {
  name: string;
  host: string;
  spec: GuestSpec;
}

/**
 * Every VM of a fleet with its host, sorted by name. A VM reported by two hosts (a migration that was cut off) counts as being
 * where `preferred` has it, else on the first of them in the alphabet.
 */
export function residents(state: FleetState, preferred?: FleetState): Map<string, Resident> {
  const found = new Map<string, Resident>();
  for (const host of [...state.keys()].sort()) {
    for (const [name, spec] of state.get(host)?.guests ?? []) {
      if (!found.has(name) || preferred?.get(host)?.guests.has(name)) found.set(name, { name, host, spec });
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The VMs of one network. */
export function residentsOf(all: ReadonlyMap<string, Resident>, network: string): Resident[] {
  return [...all.values()].filter((each) => each.spec.network === network);
}

/** Look-up by network and Ethernet address. */
export function byAddress(all: ReadonlyMap<string, Resident>): Map<string, Resident> {
  return new Map([...all.values()].map((each) => [`${each.spec.network} ${each.spec.mac}`, each]));
}
