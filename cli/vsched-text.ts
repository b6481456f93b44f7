import type {
  AdjustableVm,
  FoundProcess,
  ScheduleBounds,
  VschedAbility,
  VschedFound,
  VschedListed,
  VschedTask,
} from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import { columns } from './columns.js';

/** What is scheduled under a key and may be changed, as tables. */
export function listedText({ scheduler, tasks, vms }: VschedListed): string {
  const parts = [
    scheduler === undefined ? 'No processes are scheduled on this host.' : abilityText(scheduler),
    tasks.length === 0 ? 'No process of yours is scheduled.' : tasksText(tasks),
    ...(vms.length === 0 ? [] : [vmsText(vms)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function foundText({ processes, more }: VschedFound): string {
  if (processes.length === 0) return 'No process of yours is like that.\n';
  const row = ({ process, user, name, isScheduled, command }: FoundProcess) => [
    ...[String(process.pid), String(process.startTicks), user, name],
    ...[isScheduled ? 'yes' : 'no', command],
  ];
  const head = ['PID', 'STARTED', 'USER', 'PROGRAM', 'SCHEDULED', 'COMMAND'];
  const rest = more === 0 ? [] : [`and ${more} more: look for a longer text`];
  return `${[...columns([head, ...processes.map(row)], [0, 1]), ...rest].join('\n')}\n`;
}

const guarantees: Record<VschedAbility['guarantee'], string> = {
  'each-period': 'gives the slice in each period',
  'on-average': 'gives the slice on average',
  'at-most': 'gives at most the slice',
};

function abilityText({
  backend,
  guarantee,
  floorUs,
  longestPeriodUs,
  cpus,
  reservedPpm,
  modes,
}: VschedAbility): string {
  const periods = `periods of ${durationText(floorUs)} to ${durationText(longestPeriodUs)}`;
  const room = `${percent(1_000_000 - reservedPpm)} of each of the processors ${cpus.join(', ')}`;
  return `The backend ${backend} ${guarantees[guarantee]}: ${periods}, ${modes.join(' or ')}, up to ${room}.`;
}

function tasksText(tasks: readonly VschedTask[]): string {
  const head = ['PID', 'STARTED', 'USER', 'PROGRAM', 'SCHEDULE', 'MODE', 'CPU', ...accountHead];
  const row = (task: VschedTask) => [
    ...[String(task.process.pid), String(task.process.startTicks), task.user, task.name],
    ...[periodicText(task), task.mode, String(task.cpu ?? ''), ...account(task, task.isPaused ? 'paused' : 'in force')],
  ];
  return columns([head, ...tasks.map(row)], [0, 1, 6, 7, 8, 9, 10]).join('\n');
}

function vmsText(vms: readonly AdjustableVm[]): string {
  const head = ['VM', 'SCHEDULE', 'STATED', 'YOU MAY CHOOSE', 'CPU', ...accountHead];
  const row = (vm: AdjustableVm) => [
    ...[`vm/${vm.vm}`, periodicText(vm)],
    periodicText({ periodUs: vm.statedPeriodUs, sliceUs: vm.statedSliceUs }),
    ...[
      vm.bounds.map(boundsText).join(', or '),
      vm.cpus.join(','),
      ...account(vm, vm.deliveredUs === undefined ? 'kept' : 'in force'),
    ],
  ];
  return columns([head, ...vms.map(row)], [4, 5, 6, 7, 8]).join('\n');
}

const accountHead = ['USED', 'PERIODS', 'SHORT', 'MISSED', 'STATE'];

type Account = Pick<AdjustableVm, 'deliveredUs' | 'periods' | 'short' | 'missed' | 'trouble'>;

function account({ deliveredUs, periods, short, missed, trouble }: Account, state: string): string[] {
  const counts = [periods, short, missed].map((count) => (count === undefined ? '' : String(count)));
  const used = deliveredUs === undefined ? '' : `${(deliveredUs / 1_000_000).toFixed(3)} s`;
  return [used, ...counts, trouble ?? state];
}

function boundsText({ leastPeriodUs, mostPeriodUs, leastPpm, mostPpm }: ScheduleBounds): string {
  const [from, to] = [durationText(leastPeriodUs), durationText(mostPeriodUs)];
  const periods = leastPeriodUs === mostPeriodUs ? from : `${from} to ${to}`;
  return `${percent(leastPpm)} to ${percent(mostPpm)} of ${periods}`;
}

const percent = (ppm: number): string => `${Number((ppm / 10_000).toFixed(2))} %`;

const units = [
  [86_400_000_000, 'days'],
  [1_000_000, 's'],
  [1000, 'ms'],
] as const;

function durationText(us: number): string {
  const [factor, unit] = units.find(([size]) => us >= size) ?? [1, 'us'];
  return `${Number((us / factor).toFixed(3))} ${unit}`;
}
