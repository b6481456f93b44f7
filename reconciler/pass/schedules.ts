import { inForce } from '../../schema/adjusted-schedule.js';
import type { VmSchedule } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';
import type { Configuration } from '../model/configuration.js';
import type { Problem, ProblemVm } from '../model/problem.js';
import type { Processors, RunningSchedule, Schedule } from '../model/schedule.js';
import type { Snapshot, SnapshotHost, SnapshotVm } from '../model/snapshot.js';
import type { Admit } from '../plan/schedules.js';
import { nearestOf, type Room } from '../vsched/nearest.js';
import { fitsInPlace, fitsProcessors, partition } from '../vsched/partition.js';

/** What is scheduled on each host that is connected, for a mapping whose schedules fit: threads stay where they run, if that is possible. */
export function schedulesFor(snapshot: Snapshot, { mapping }: Configuration): Map<string, VmSchedule[]> {
  const { hosts, vms, current } = snapshot;
  return new Map(
    hosts
      .filter(({ presence }) => presence === 'connected')
      .map(({ name, processors }) => {
        const here = vms.filter((vm) => vm.schedule !== undefined && mapping.get(vm.name) === name);
        const found = placed(processors, here.map(unplaced), current.get(name)?.schedules ?? new Map());
        if (found === null) throw new Error(`${name} was given VMs whose schedules it cannot keep`);
        return [name, found];
      }),
  );
}

/** Whether hosts keep schedules, and on which processors: those that they name, if that is possible. */
export function admitOn(hosts: readonly Pick<SnapshotHost, 'name' | 'processors'>[]): Admit {
  return (name, schedules) => {
    const host = hosts.find((each) => each.name === name);
    return host ? placed(host.processors, schedules, new Map(schedules.map((each) => [each.vm, each]))) : null;
  };
}

/** @param running where schedules are that have processors */
function placed(
  processors: Processors,
  wanted: readonly VmSchedule[],
  running: ReadonlyMap<string, VmSchedule>,
): VmSchedule[] | null {
  const schedules = wanted.map((schedule): RunningSchedule => {
    const { vm, cpus } = schedule;
    return { ...inForce(schedule), threads: cpus.length, cpus: running.get(vm)?.cpus ?? [] };
  });
  const found = partition(schedules, processors);
  if (found.kind === 'none') return null;
  return wanted.map((schedule, place) => ({ ...schedule, cpus: found.cpus[place] ?? [] }));
}

/** Its processors say no more than how many there are. */
function unplaced({ name, schedule }: SnapshotVm): VmSchedule {
  const { threads, lockStep, ...kept } = schedule as NonNullable<SnapshotVm['schedule']>;
  const cpus = Array.from({ length: threads }, (_, thread) => thread);
  return { vm: name, cpus, ...kept, ...(lockStep ? { phaseUs: 0 } : {}) };
}

/** Schedules of VMs on a host, where they run. */
function residentsOn({ vms }: Problem, host: number): { name: string; schedule: RunningSchedule }[] {
  return vms.flatMap(({ name, current, schedule }) => (current === host && schedule ? [{ name, schedule }] : []));
}

/** What is to be done for schedules while all VMs stay on their hosts: nothing, change processors of some hosts, or it is impossible. */
export interface InPlace {
  kind: 'kept' | 'repartition' | 'impossible';
  /** Hosts that make it so. */
  hosts: number[];
}

export function schedulesInPlace(problem: Problem): InPlace {
  const found: Record<InPlace['kind'], number[]> = { kept: [], repartition: [], impossible: [] };
  for (const [host, { processors }] of problem.hosts.entries()) {
    const schedules = residentsOn(problem, host).map(({ schedule }) => schedule);
    if (processors === undefined || schedules.length === 0) continue;
    if (fitsInPlace(schedules, processors)) found.kept.push(host);
    else found[fitsProcessors(schedules, processors) === 'fits' ? 'repartition' : 'impossible'].push(host);
  }
  const kind = found.impossible.length > 0 ? 'impossible' : found.repartition.length > 0 ? 'repartition' : 'kept';
  return { kind, hosts: found[kind] };
}

/** Why VMs on some hosts have to change processors. */
export function repartitionReason(problem: Problem, { hosts }: InPlace): string {
  const which = hosts.map((host) => {
    const all = residentsOn(problem, host);
    const waiting = all.filter(({ schedule }) => schedule.cpus === undefined).map(({ name }) => name);
    const who = waiting.length > 0 ? waiting : all.map(({ name }) => name);
    return `${who.join(', ')} on ${problem.hosts[host]?.name ?? ''}`;
  });
  return `Schedules of ${which.join('; ')} fit only if VMs there change processors.`;
}

/** Why VMs leave a host that cannot keep their schedules, and where to. */
export function leavingReason(problem: Problem, { hosts }: InPlace, mapping: readonly number[]): string {
  const nameOf = (host: number | undefined) => problem.hosts[host ?? -1]?.name ?? '';
  const leaving = problem.vms.flatMap(({ name, schedule, current }, vm) =>
    schedule && current !== null && hosts.includes(current) && mapping[vm] !== current
      ? [
          `The schedule of ${name}, ${periodicText(schedule)}, fits no processor of ${nameOf(current)} beside the others, ` +
            `however they share them; ${nameOf(mapping[vm])} keeps it.`,
        ]
      : [],
  );
  return leaving.join(' ');
}

/** What hosts could keep instead of the schedules that stand in the way, for people; empty where schedules do not. */
export function nearestAdvice(snapshot: Snapshot, problem: Problem, vms: readonly string[]): string {
  const wanted = problem.vms.filter(({ name, schedule }) => vms.includes(name) && schedule !== undefined);
  const asked = wanted.filter((vm) => !isKept(snapshot, problem, vm));
  for (const { name, schedule, allowed } of asked.length > 0 ? asked : wanted) {
    if (schedule === undefined) continue;
    const hosts = allowed.filter((host) => problem.hosts[host]?.processors !== undefined);
    const { cpus: _, ...alone } = schedule;
    const rooms = hosts.map((host) => roomFor(snapshot, problem, host, name));
    const nearest = nearestOf(rooms, alone);
    if (nearest === null || isSame(nearest.schedule, schedule)) continue;
    const host = problem.hosts[hosts[nearest.room] ?? -1]?.name;
    return (
      ` ${name} is to have ${periodicText(schedule)}; the nearest that a host keeps as VMs run now is ` +
      `${periodicText(nearest.schedule)}, on ${host}.`
    );
  }
  return '';
}

/** Which of these VMs have what a user chose, for people: without it there may be room. Empty where none does. */
export function chosenAdvice(snapshot: Snapshot, vms: readonly string[]): string {
  const chosen = snapshot.vms.flatMap(({ name, schedule }) =>
    vms.includes(name) && schedule?.adjusted
      ? [
          ` ${name} has ${periodicText(inForce(schedule))} as its user chose, in place of ${periodicText(schedule)}: ` +
            'have it released, or state another schedule.',
        ]
      : [],
  );
  return chosen.join('');
}

/** Whether a VM has the schedule that it shall have. */
function isKept({ current }: Snapshot, { hosts }: Problem, { name, schedule, current: at }: ProblemVm): boolean {
  const kept = current.get(hosts[at ?? -1]?.name ?? '')?.schedules.get(name);
  return kept !== undefined && schedule !== undefined && isSame(inForce(kept), schedule);
}

function isSame(a: Pick<Schedule, 'periodUs' | 'sliceUs'>, b: Schedule): boolean {
  return a.periodUs === b.periodUs && a.sliceUs === b.sliceUs;
}

/** What a host keeps beside a VM: schedules of those that run there, and of those that may run nowhere else. */
function roomFor({ hosts }: Snapshot, { hosts: rooms, vms }: Problem, host: number, except: string): Room {
  const { processors = { count: 0, reservedPpm: 0 } } = rooms[host] ?? {};
  const isThere = ({ current, allowed }: ProblemVm) =>
    current === host || (current === null && allowed.length === 1 && allowed[0] === host);
  return {
    processors,
    floorUs: hosts[host]?.capabilities?.schedules?.floorUs ?? 1,
    beside: vms.flatMap((vm) => (vm.name !== except && vm.schedule && isThere(vm) ? [vm.schedule] : [])),
  };
}
