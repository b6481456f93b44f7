import type { StatedSchedule } from '../../schema/schedule.js';
import type { SnapshotHost, SnapshotVm } from '../model/snapshot.js';

/** Why a VM may not run on a host, whatever else is there, for people; null if it may. */
export function whyNot({ spec: { driver }, pin, sites, schedule }: SnapshotVm, host: SnapshotHost): string | null {
  if (host.presence === 'silent') return 'its agent is not connected';
  if (host.presence === 'unknown') return 'its agent has never connected';
  if (host.capabilities?.drivers.includes(driver) === false) return `it cannot run VMs made of ${driver}`;
  if (pin !== null && pin !== host.name) return `the VM is pinned to ${pin}`;
  if (sites !== null && !sites.includes(host.site)) return `the VM may run at ${sites.join(', ')} only`;
  return schedule === undefined ? null : whyNotScheduled(schedule, host);
}

function whyNotScheduled(
  { periodUs, threads }: StatedSchedule,
  { capabilities, processors }: SnapshotHost,
): string | null {
  const kept = capabilities?.schedules;
  if (kept === undefined) return 'its agent keeps no schedules';
  if (periodUs < kept.floorUs) return `it keeps no period shorter than ${kept.floorUs} us`;
  if (threads > processors.count) return `it has ${processors.count} processors for a gang of ${threads}`;
  return null;
}
