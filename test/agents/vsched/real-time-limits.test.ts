import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realTimeLimits } from '../../../agents/vsched/real-time-limits.js';

describe('limits of real-time processes', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'virtuoso-limits-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function machine(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }

  const throttle = {
    'proc/sys/kernel/sched_rt_runtime_us': '950000\n',
    'proc/sys/kernel/sched_rt_period_us': '1000000\n',
  };
  const server = 'sys/kernel/debug/sched/fair_server/cpu1';

  it('are those of the throttle where there is no fair server', () => {
    machine({ ...throttle, 'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n' });
    expect(realTimeLimits(1, root)).toEqual({ throttle: 0.95, fairServer: 1, fairServerIsAssumed: false, most: 0.95 });
  });

  it('are those of the fair server where the throttle is off', () => {
    machine({
      ...throttle,
      'proc/sys/kernel/sched_rt_runtime_us': '-1\n',
      'proc/sys/kernel/osrelease': '6.18.1\n',
      [`${server}/runtime`]: '20000000\n',
      [`${server}/period`]: '1000000000\n',
    });
    expect(realTimeLimits(1, root)).toEqual({ throttle: 1, fairServer: 0.98, fairServerIsAssumed: false, most: 0.98 });
  });

  it('take the fair server to be as usual where nobody may read it', () => {
    machine({ 'proc/sys/kernel/sched_rt_runtime_us': '-1', 'proc/sys/kernel/osrelease': '7.0.0' });
    expect(realTimeLimits(0, root)).toMatchObject({ fairServer: 0.95, fairServerIsAssumed: true, most: 0.95 });
  });

  it('are those of the control group where it has less', () => {
    machine({
      ...throttle,
      'proc/self/cgroup': '9:name=systemd:/\n1:cpu,cpuacct:/vms\n0::/\n',
      'sys/fs/cgroup/cpu,cpuacct/vms/cpu.rt_runtime_us': '0\n',
      'sys/fs/cgroup/cpu,cpuacct/vms/cpu.rt_period_us': '1000000\n',
    });
    expect(realTimeLimits(0, root)).toMatchObject({ throttle: 0, most: 0 });
  });

  it('are read of this machine', () => {
    const { throttle: share, most } = realTimeLimits(0);
    expect(most).toBeLessThanOrEqual(share);
    expect(most).toBeGreaterThanOrEqual(0);
  });
});
