import type { VmSchedule } from '../../schema/generated/types.js';
import { approvedRemovals } from '../model/approval.js';
import type { FleetState } from '../model/fleet-state.js';
import type { Snapshot, SnapshotSchedule, SnapshotVm } from '../model/snapshot.js';

/**
 * VMs that run and that no document wants any more, but that are kept: they stay where they are with what they have, and count against
 * room like any other. None where `prune` is `on`; where it is `confirm`, those whose removal nobody has approved.
 */
export function keptVms(
  current: FleetState,
  hostOf: ReadonlyMap<string, string>,
  wanted: readonly Pick<SnapshotVm, 'name'>[],
  prune: Snapshot['adaptation']['prune'],
  limits: Snapshot['limits'],
): SnapshotVm[] {
  if (prune === 'on') return [];
  const approved = prune === 'confirm' ? approvedRemovals(limits) : new Set<string>();
  const names = new Set(wanted.map(({ name }) => name));
  return [...hostOf].flatMap(([name, host]): SnapshotVm[] => {
    const spec = current.get(host)?.guests.get(name);
    if (spec === undefined || names.has(name) || approved.has(name)) return [];
    const schedule = current.get(host)?.schedules.get(name);
    return [
      {
        ...{ name, set: name, spec, pin: host, sites: null, initialHost: null, host },
        ...(schedule === undefined ? {} : { schedule: asItIs(schedule) }),
      },
    ];
  });
}

function asItIs({ vm: _vm, cpus, phaseUs, ...kept }: VmSchedule): SnapshotSchedule {
  return { ...kept, threads: cpus.length, lockStep: phaseUs !== undefined };
}
