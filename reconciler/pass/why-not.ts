import { inForce } from '../../schema/adjusted-schedule.js';
import type { SnapshotHost, SnapshotSchedule, SnapshotVm } from '../model/snapshot.js';

/** Why a VM may not run on a host, whatever else is there, for people; null if it may. */
export function whyNot(vm: SnapshotVm, host: SnapshotHost): string | null {
  const { spec, pin, sites, schedule } = vm;
  const { driver } = spec;
  if (host.isSuspended) return 'it is suspended';
  if (host.presence === 'silent') return 'its agent is not connected';
  if (host.presence === 'unknown') return 'its agent has never connected';
  if (host.capabilities?.drivers.includes(driver) === false) return `it cannot run VMs made of ${driver}`;
  const isStaying = host.capabilities?.staying?.includes(driver) === true;
  if (isStaying && vm.host !== null && vm.host !== host.name)
    return `the VM is on ${vm.host}, and VMs made of ${driver} stay where they are`;
  if (pin !== null && pin !== host.name) return `the VM is pinned to ${pin}`;
  if (sites !== null && !sites.includes(host.site)) return `the VM may run at ${sites.join(', ')} only`;
  return schedule === undefined ? null : whyNotScheduled(schedule, host);
}

function whyNotScheduled(schedule: SnapshotSchedule, { capabilities, processors }: SnapshotHost): string | null {
  const { threads, mode, lockStep } = schedule;
  const { periodUs } = inForce(schedule);
  const kept = capabilities?.schedules;
  if (kept === undefined) return 'its agent keeps no schedules';
  const { floorUs, longestPeriodUs = periodUs, refuses = [] } = kept;
  if (periodUs < floorUs) return `it keeps no period shorter than ${floorUs} us`;
  if (periodUs > longestPeriodUs) return `it keeps no period longer than ${longestPeriodUs} us`;
  if (refuses.includes(mode)) return `it keeps no ${mode} schedules`;
  if (lockStep && refuses.includes('lock-step')) return 'it keeps no schedules in lock step';
  if (threads > 1 && refuses.includes('gang')) return 'it schedules no gangs of threads';
  if (threads > processors.count) return `it has ${processors.count} processors for a gang of ${threads}`;
  return null;
}
