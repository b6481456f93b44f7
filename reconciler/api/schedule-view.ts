import { inForce } from '../../schema/adjusted-schedule.js';
import type { ScheduleList, SchedulePlane, ScheduleView } from '../../schema/generated/types.js';
import type { Snapshot, SnapshotHost, SnapshotVm } from '../model/snapshot.js';
import { scheduleCost } from '../vsched/cost.js';
import type { Room } from '../vsched/nearest.js';
import { type PlaneAxes, plane } from '../vsched/plane.js';

type Scheduled = SnapshotVm & Required<Pick<SnapshotVm, 'schedule'>>;

const isScheduled = (vm: SnapshotVm): vm is Scheduled => vm.schedule !== undefined;

/** Schedules of a fleet; none before there are documents. */
export function scheduleList(snapshot: Snapshot | null): ScheduleList {
  const schedules = snapshot?.vms.filter(isScheduled).map((vm) => scheduleView(snapshot, vm)) ?? [];
  return { format_version: '1', schedules };
}

function scheduleView(snapshot: Snapshot, vm: Scheduled): ScheduleView {
  const { name, set, host, schedule } = vm;
  const { periodUs, sliceUs, threads, mode, adjusted, bounds } = schedule;
  const keeper = hostOf(snapshot, vm);
  const kept = inForce(schedule);
  return {
    vm: name,
    set,
    host,
    cpus: cpusOf(snapshot, vm) ?? [],
    mode,
    threads,
    stated: { periodUs, sliceUs },
    inForce: kept,
    ...(adjusted ? { adjusted } : {}),
    ...(bounds ? { bounds } : {}),
    cost: keeper ? scheduleCost(kept, overheadOf(keeper)) : null,
  };
}

/** What a VM could have where it runs; a text says why that cannot be told. */
export function schedulePlane(
  snapshot: Snapshot | null,
  name: string,
  axes: Omit<PlaneAxes, 'threads'>,
): SchedulePlane | string {
  const vm = snapshot?.vms.find((each) => each.name === name);
  if (snapshot === null || vm === undefined) return `No document has a VM called ${name}.`;
  if (!isScheduled(vm)) return `${name} has no schedule: state one in its VMSet.`;
  const host = hostOf(snapshot, vm);
  if (host === undefined) return `${name} runs nowhere: wait until it does.`;
  const room = roomBeside(snapshot, host, vm);
  const points = plane(room, { ...axes, threads: vm.schedule.threads }, overheadOf(host));
  return {
    format_version: '1',
    vm: name,
    host: host.name,
    floorUs: room.floorUs,
    overheadUs: overheadOf(host),
    processors: host.processors.count,
    reservedPpm: host.processors.reservedPpm,
    points: points.map(({ cost, ...point }) => ({ ...point, cost: Number.isFinite(cost) ? cost : null })),
  };
}

/** What a host has for a VM that runs there, beside the others. */
function roomBeside(snapshot: Snapshot, host: SnapshotHost, { name }: SnapshotVm): Room {
  const others = snapshot.vms.filter(isScheduled).filter((vm) => vm.host === host.name && vm.name !== name);
  return {
    processors: host.processors,
    floorUs: host.capabilities?.schedules?.floorUs ?? 1,
    beside: others.map((vm) => {
      const cpus = cpusOf(snapshot, vm);
      return { ...inForce(vm.schedule), threads: vm.schedule.threads, ...(cpus ? { cpus } : {}) };
    }),
  };
}

function hostOf({ hosts }: Snapshot, vm: SnapshotVm): SnapshotHost | undefined {
  return hosts.find(({ name }) => name === vm.host);
}

function cpusOf({ current }: Snapshot, { name, host }: SnapshotVm): number[] | undefined {
  return current.get(host ?? '')?.schedules.get(name)?.cpus;
}

const overheadOf = ({ capabilities }: SnapshotHost) => capabilities?.schedules?.overheadUs ?? 0;
