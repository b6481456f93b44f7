import { describe, expect, it } from 'vitest';
import type { SnapshotHost, SnapshotSchedule, SnapshotVm } from '../../../reconciler/model/snapshot.js';
import { whyNot } from '../../../reconciler/pass/why-not.js';
import type { Capabilities, ScheduleCapability } from '../../../schema/generated/types.js';
import { guestSpec } from '../../agents/star.js';

const core: ScheduleCapability = {
  ...{ backend: 'edf', guarantee: 'each-period', floorUs: 1000, overheadUs: 15 },
  ...{ processors: 2, reservedPpm: 100_000 },
};
const deadline: ScheduleCapability = {
  ...{ ...core, backend: 'deadline', guarantee: 'on-average', floorUs: 100_000, longestPeriodUs: 4_000_000 },
  refuses: ['work-conserving', 'lock-step', 'gang'],
};

/** Why a VM with this schedule may not run on a host of two processors. */
function why(schedules: ScheduleCapability | undefined, change: Partial<SnapshotSchedule> = {}): string | null {
  const vm: SnapshotVm = {
    ...{ name: 'vm-1', set: 'set', spec: guestSpec(1, 'lan'), pin: null, sites: null, initialHost: null, host: null },
    schedule: { periodUs: 200_000, sliceUs: 50_000, threads: 1, mode: 'strict', lockStep: false, ...change },
  };
  const host: SnapshotHost = {
    ...{ name: 'host-1', site: 'site', computeCores: 2, memoryMib: 1024, maxGuests: null, internalMbps: 1000 },
    ...{ interfaces: [], agentKey: null, ssh: null, presence: 'connected', report: null },
    processors: { count: 2, reservedPpm: 0 },
    capabilities: { core: 'ebpf', drivers: ['netns'], linkTypes: ['udp'], ...(schedules ? { schedules } : {}) },
  };
  return whyNot(vm, host);
}

describe('a VM with a schedule may not run where', () => {
  it('nothing keeps schedules', () => {
    expect(why(undefined)).toBe('its agent keeps no schedules');
    expect(why(core)).toBeNull();
    expect(why(deadline)).toBeNull();
  });

  it('its period is too short, or too long', () => {
    expect(why(deadline, { periodUs: 50_000 })).toBe('it keeps no period shorter than 100000 us');
    expect(why(deadline, { periodUs: 5_000_000 })).toBe('it keeps no period longer than 4000000 us');
    expect(why(core, { periodUs: 5_000_000 })).toBeNull();
  });

  it('its schedule asks for what is refused', () => {
    expect(why(deadline, { mode: 'work-conserving' })).toBe('it keeps no work-conserving schedules');
    expect(why(deadline, { lockStep: true })).toBe('it keeps no schedules in lock step');
    expect(why(deadline, { threads: 2 })).toBe('it schedules no gangs of threads');
    expect(why(core, { mode: 'work-conserving', lockStep: true, threads: 2 })).toBeNull();
    expect(why(core, { threads: 3 })).toBe('it has 2 processors for a gang of 3');
  });
});

it('a VM whose driver cannot move it may run nowhere but where it is', () => {
  const machine = { ...guestSpec(1, 'lan'), driver: 'qemu' } as const;
  const at = (host: string | null, staying?: Capabilities['staying']) =>
    whyNot(
      { name: 'vm-1', set: 'set', spec: machine, pin: null, sites: null, initialHost: null, host },
      {
        ...{ name: 'host-1', site: 'site', computeCores: 2, memoryMib: 1024, maxGuests: null, internalMbps: 1000 },
        ...{ interfaces: [], agentKey: null, ssh: null, presence: 'connected', report: null },
        processors: { count: 2, reservedPpm: 0 },
        capabilities: { core: 'ebpf', drivers: ['netns', 'qemu'], linkTypes: ['udp'], ...(staying ? { staying } : {}) },
      },
    );
  expect(at('host-2', ['qemu'])).toBe('the VM is on host-2, and VMs made of qemu stay where they are');
  expect(at('host-1', ['qemu'])).toBeNull();
  expect(at(null, ['qemu'])).toBeNull();
  expect(at('host-2')).toBeNull();
  expect(at('host-2', ['netns'])).toBeNull();
});
