import { describe, expect, it } from 'vitest';
import { snapshotVms } from '../../../reconciler/merge/virtual-machines.js';
import { sameGuest, sameMachine } from '../../../reconciler/plan/sequence.js';
import type { GuestSpec, Machine, VMSet } from '../../../schema/generated/types.js';
import { guestSpec } from '../../agents/star.js';

const image = (letter: string) => ({ file: `${letter}.qcow2`, digest: `sha256:${letter.repeat(64)}` });
const machine = (change: Partial<Machine> = {}): GuestSpec => ({
  ...guestSpec(1, 'lan'),
  driver: 'qemu',
  machine: { disks: [{ image: image('a') }], ...change },
});

describe('a guest that is a machine', () => {
  it('is told to hosts with quantities in units', () => {
    const set: VMSet = {
      ...{ apiVersion: 'virtuoso.dev/v1alpha1', kind: 'VMSet', metadata: { name: 'set' } },
      spec: {
        ...{ network: 'lan', driver: 'qemu', compute: 1, memory: '1Gi', members: [{ name: 'vm-1' }] },
        machine: { vcpus: 2, disks: [{ image: image('a'), size: '10Gi' }, { size: '512Mi' }], cdrom: image('b') },
      },
    };
    expect(snapshotVms([set], [], new Map())[0]?.spec.machine).toEqual({
      vcpus: 2,
      disks: [{ image: image('a'), sizeMib: 10240 }, { sizeMib: 512 }],
      cdrom: image('b'),
    });
    const { machine: _, ...bare } = set.spec;
    expect(snapshotVms([{ ...set, spec: { ...bare, driver: 'netns' } }], [], new Map())[0]?.spec).not.toHaveProperty(
      'machine',
    );
  });

  it('is another one when its disks begin as others', () => {
    expect(sameMachine(machine(), machine({ disks: [{ image: image('b') }] }))).toBe(false);
    expect(sameMachine(machine(), machine({ disks: [] }))).toBe(false);
    expect(sameMachine(machine(), { ...machine(), driver: 'netns' })).toBe(false);
  });

  it('is the same in another form when anything else of it changes', () => {
    for (const change of [{ vcpus: 2 }, { cdrom: image('b') }, { boot: { kernel: image('b') } }]) {
      expect(sameMachine(machine(), machine(change))).toBe(true);
      expect(sameGuest(machine(), machine(change))).toBe(false);
    }
    expect(sameGuest(machine(), machine())).toBe(true);
  });
});
