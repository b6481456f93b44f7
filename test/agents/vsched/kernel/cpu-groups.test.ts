import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  dissolve,
  findCpuGroups,
  groupOf,
  makeSubtree,
  setQuota,
} from '../../../../agents/vsched/kernel/cpu-groups.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtuoso-groups-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const unified = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n';
const hybrid = [
  'tmpfs /sys/fs/cgroup tmpfs rw 0 0',
  'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
  'cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0',
  'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0',
].join('\n');

it('is the hierarchy that has the controller, of either version', () => {
  write('proc/mounts', unified);
  write('sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io\n');
  expect(findCpuGroups(root)).toEqual({ version: 2, mount: join(root, 'sys/fs/cgroup') });
  write('proc/mounts', hybrid);
  write('sys/fs/cgroup/unified/cgroup.controllers', 'hugetlb\n');
  expect(findCpuGroups(root)).toEqual({ version: 1, mount: join(root, 'sys/fs/cgroup/cpu,cpuacct') });
  write('proc/mounts', 'proc /proc proc rw 0 0\n');
  expect(findCpuGroups(root)).toBeUndefined();
});

it('knows in which group a process is', () => {
  write('proc/7/cgroup', '12:cpuset:/a\n4:cpu,cpuacct:/machine.slice/vm\n0::/user.slice\n');
  expect(groupOf(7, { version: 1, mount: '/' }, root)).toBe('/machine.slice/vm');
  expect(groupOf(7, { version: 2, mount: '/' }, root)).toBe('/user.slice');
  expect(groupOf(8, { version: 2, mount: '/' }, root)).toBeUndefined();
});

it('hands the controller down in version 2, and writes both numbers at once', () => {
  write('cgroup.subtree_control', 'memory\n');
  write('vsched/cgroup.subtree_control', 'cpu\n');
  const group = makeSubtree({ version: 2, mount: root }, 'vsched');
  expect(read('cgroup.subtree_control')).toBe('+cpu');
  expect(read('vsched/cgroup.subtree_control')).toBe('cpu\n');
  setQuota(group, { version: 2, mount: root }, { periodUs: 100_000, sliceUs: 30_000 });
  expect(read('vsched/cpu.max')).toBe('30000 100000');
});

it('says that a group is still in use', () => {
  write('vsched/7-1/cgroup.procs', '');
  expect(() => dissolve(join(root, 'vsched', '7-1'), root, 1)).toThrow('ENOTEMPTY');
  rmSync(join(root, 'vsched', '7-1', 'cgroup.procs'));
  expect(dissolve(join(root, 'vsched', '7-1'), root)).toBe(true);
  expect(dissolve(join(root, 'vsched', '7-1'), root)).toBe(true);
});
