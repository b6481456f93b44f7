import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../linux/processes.js';

/** Kernels since this one keep a share of every processor for ordinary processes, by a deadline server. */
const firstWithFairServer = [6, 12] as const;
/** What that server keeps unless somebody has changed it: 50 ms of 1 s. */
const usualFairShare = 0.05;

/** What a kernel keeps real-time processes from having of a processor. Shares are fractions of 1. */
export interface RealTimeLimits {
  /** By `kernel.sched_rt_runtime_us`, and that of this process' control group; 1: no limit. */
  throttle: number;
  /** By the fair server, which gives ordinary processes their share in one go when they have waited for it long. */
  fairServer: number;
  /** Nobody may read what the fair server keeps: it is taken to be as usual. */
  fairServerIsAssumed: boolean;
  /** The largest share that schedules may have together, with the core that makes them: beyond it tasks stall for tens of milliseconds. */
  most: number;
}

/** Reads the limits of a processor. They are never changed: that is for whoever owns the machine. */
export function realTimeLimits(cpu: number, root = '/'): RealTimeLimits {
  const throttle = Math.min(systemThrottle(root), groupThrottle(root));
  const { share, isAssumed } = fairServer(cpu, root);
  return { throttle, fairServer: 1 - share, fairServerIsAssumed: isAssumed, most: Math.min(throttle, 1 - share) };
}

function systemThrottle(root: string): number {
  const folder = join(root, 'proc/sys/kernel');
  return shareOf(number(join(folder, 'sched_rt_runtime_us')), number(join(folder, 'sched_rt_period_us'))) ?? 1;
}

/** In version 1 of control groups each has its own bandwidth, where the kernel was built for that. */
function groupThrottle(root: string): number {
  const groups = attempt(() => readFileSync(join(root, 'proc/self/cgroup'), 'utf8')) ?? '';
  const path = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1];
  if (path === undefined) return 1;
  const folder = ['cpu', 'cpu,cpuacct'].map((name) => join(root, 'sys/fs/cgroup', name, path)).find(existsSync);
  if (folder === undefined) return 1;
  return shareOf(number(join(folder, 'cpu.rt_runtime_us')), number(join(folder, 'cpu.rt_period_us'))) ?? 1;
}

/** In nanoseconds, in a file system that is often not there, or closed even to root. */
function fairServer(cpu: number, root: string): { share: number; isAssumed: boolean } {
  const folder = join(root, `sys/kernel/debug/sched/fair_server/cpu${cpu}`);
  const known = shareOf(number(join(folder, 'runtime')), number(join(folder, 'period')));
  if (known !== undefined) return { share: known, isAssumed: false };
  const release = attempt(() => readFileSync(join(root, 'proc/sys/kernel/osrelease'), 'utf8')) ?? '';
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  const [firstMajor, firstMinor] = firstWithFairServer;
  const hasServer = major > firstMajor || (major === firstMajor && minor >= firstMinor);
  return { share: hasServer ? usualFairShare : 0, isAssumed: hasServer };
}

/** A runtime below 0 is no limit. */
function shareOf(runtime: number | undefined, period: number | undefined): number | undefined {
  if (runtime === undefined || period === undefined || period <= 0) return undefined;
  return runtime < 0 ? 1 : Math.min(1, runtime / period);
}

function number(path: string): number | undefined {
  const text = attempt(() => readFileSync(path, 'utf8'));
  return text === undefined || text.trim() === '' ? undefined : Number(text);
}
