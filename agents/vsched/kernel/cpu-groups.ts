import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../../linux/processes.js';

/** Where control groups limit processor time: a hierarchy of version 1 with the controller, or that of version 2. */
export interface CpuGroups {
  version: 1 | 2;
  mount: string;
}

/** Undefined if neither has the controller. */
export function findCpuGroups(root = '/'): CpuGroups | undefined {
  const mounts = readFileSync(join(root, 'proc/mounts'), 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  for (const [, path = '', type, options = ''] of mounts) {
    const mount = join(root, path);
    if (type === 'cgroup' && options.split(',').includes('cpu')) return { version: 1, mount };
    if (type !== 'cgroup2') continue;
    const controllers = attempt(() => readFileSync(join(mount, 'cgroup.controllers'), 'utf8')) ?? '';
    if (controllers.split(/\s+/).includes('cpu')) return { version: 2, mount };
  }
  return undefined;
}

/** The group that a process is in, from the mount on. Undefined if it has ended. */
export function groupOf(pid: number, { version }: CpuGroups, root = '/'): string | undefined {
  const groups = attempt(() => readFileSync(join(root, `proc/${pid}/cgroup`), 'utf8'));
  const line = version === 1 ? /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.*)$/m : /^0::(.*)$/m;
  return line.exec(groups ?? '')?.[1];
}

/** Makes a group whose children can have quotas. @throws if the system refuses. */
export function makeSubtree({ version, mount }: CpuGroups, name: string): string {
  const path = join(mount, name);
  if (version === 2) enableCpu(mount);
  mkdirSync(path, { recursive: true });
  if (version === 2) enableCpu(path);
  return path;
}

function enableCpu(path: string): void {
  const file = join(path, 'cgroup.subtree_control');
  if (!readFileSync(file, 'utf8').split(/\s+/).includes('cpu')) writeFileSync(file, '+cpu');
}

/** @throws if the system refuses. */
export function setQuota(
  group: string,
  { version }: CpuGroups,
  { sliceUs, periodUs }: { sliceUs: number; periodUs: number },
): void {
  if (version === 2) {
    writeFileSync(join(group, 'cpu.max'), `${sliceUs} ${periodUs}`);
    return;
  }
  // One after the other, and no pair in between may be more than the parent has.
  writeFileSync(join(group, 'cpu.cfs_quota_us'), '-1');
  writeFileSync(join(group, 'cpu.cfs_period_us'), String(periodUs));
  writeFileSync(join(group, 'cpu.cfs_quota_us'), String(sliceUs));
}

/** Moves a process with all its threads. @throws if the system refuses. */
export function moveTo(group: string, pid: number): void {
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
}

/** Moves all processes of a group, also those forked meanwhile, to another, and removes it. False: somebody is still in it. */
export function dissolve(group: string, into: string, tries = 20): boolean {
  for (let count = 0; count < tries && existsSync(group); count++) {
    for (const pid of membersOf(group)) attempt(() => moveTo(into, pid));
    try {
      rmdirSync(group);
    } catch (error) {
      if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return !existsSync(group);
}

/** Periods in which the quota was looked at. */
export function periodsOf(group: string): number | undefined {
  const stat = attempt(() => readFileSync(join(group, 'cpu.stat'), 'utf8')) ?? '';
  const periods = /^nr_periods (\d+)$/m.exec(stat)?.[1];
  return periods === undefined ? undefined : Number(periods);
}

const membersOf = (group: string): number[] =>
  (attempt(() => readFileSync(join(group, 'cgroup.procs'), 'utf8')) ?? '').split('\n').filter(Boolean).map(Number);
