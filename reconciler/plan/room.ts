import type { GuestSpec } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';
import type { SnapshotHost } from '../model/snapshot.js';

/** What a host may hold: compute(h) and size(h) of the seed. */
export type HostRoom = Pick<SnapshotHost, 'name' | 'computeCores' | 'memoryMib' | 'maxGuests'>;

/** Sums of many decimal fractions differ from their true value by less than this. */
const tolerance = 1e-9;

/** Whether `guest` fits on `host` beside the guests that are there. A host without known room takes nobody. */
export function fits(state: FleetState, rooms: ReadonlyMap<string, HostRoom>, host: string, guest: GuestSpec): boolean {
  const room = rooms.get(host);
  if (!room) return false;
  const others = [...(state.get(host)?.guests.values() ?? [])].filter((each) => each.name !== guest.name);
  const cores = others.reduce((sum, each) => sum + each.computeCores, guest.computeCores);
  const memory = others.reduce((sum, each) => sum + each.memoryMib, guest.memoryMib);
  return (
    cores <= room.computeCores + tolerance &&
    memory <= room.memoryMib + tolerance &&
    (room.maxGuests === null || others.length < room.maxGuests)
  );
}
