import { describe, expect, it } from 'vitest';
import { type MachinePlan, machineCommand, vcpusOf } from '../../../../agents/vmm/qemu/machine-command.js';
import { firstUser, freeUser } from '../../../../agents/vmm/qemu/machine-users.js';
import { ipParameter, seedFiles } from '../../../../agents/vmm/qemu/network-settings.js';
import { guestSpec } from '../../star.js';

const spec = { ...guestSpec(1, 'lan'), driver: 'qemu', computeCores: 1.5, memoryMib: 511.5 } as const;
const plan: MachinePlan = {
  ...{ spec, machine: { disks: [] }, accelerator: 'tcg', user: firstUser, port: 'p-1', mtu: 1450 },
  disks: [
    { overlay: 'disk0.qcow2', base: { path: '/images, of ours/a.raw', format: 'raw' } },
    { overlay: 'disk1.qcow2' },
  ],
};
const argumentAfter = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];
const nodes = (args: readonly string[]) =>
  args.flatMap((each, index) => (args[index - 1] === '-blockdev' ? [JSON.parse(each)] : []));

describe('the command of a machine', () => {
  it('confines QEMU before it opens anything of the guest', () => {
    const { program, args } = machineCommand(plan);
    expect([program, ...args.slice(0, 2)]).toEqual(['setpriv', '--no-new-privs', 'prlimit']);
    expect(argumentAfter(args, '-sandbox')).toBe('on,obsolete=deny,spawn=deny,resourcecontrol=deny');
    expect(argumentAfter(args, '-runas')).toBe(`${firstUser}:${firstUser}`);
    for (const each of ['-nodefaults', '-no-user-config']) expect(args).toContain(each);
    expect(args.filter((each) => each === '-netdev')).toHaveLength(1);
  });

  it('rounds up to whole mebibytes and processors', () => {
    const { args } = machineCommand(plan);
    expect([argumentAfter(args, '-m'), argumentAfter(args, '-smp')]).toEqual(['512M', '2']);
    expect(vcpusOf(spec, { disks: [], vcpus: 4 })).toBe(4);
    expect(vcpusOf({ ...spec, computeCores: 0 }, { disks: [] })).toBe(1);
  });

  it('names the format of every layer of a disk, and follows no reference in an image', () => {
    const [first, second] = nodes(machineCommand(plan).args);
    expect(first).toMatchObject({ driver: 'qcow2', backing: { driver: 'raw', 'read-only': true } });
    expect(first.backing.file.filename).toBe('/images, of ours/a.raw');
    expect(second.backing).toBeNull();
    const qcow2 = { ...plan, disks: [{ overlay: 'o', base: { path: '/a', format: 'qcow2' as const } }] };
    expect(nodes(machineCommand(qcow2).args)[0].backing).toMatchObject({ driver: 'qcow2', backing: null });
  });

  it('has a CD drive, with or without a medium', () => {
    const drive = (more: Partial<MachinePlan>) =>
      machineCommand({ ...plan, ...more }).args.find((each) => each.startsWith('scsi-cd'));
    expect(drive({})).toBe('scsi-cd,id=cd,bus=scsi.0,bootindex=100');
    expect(drive({ cdrom: '/images/a.iso' })).toBe('scsi-cd,id=cd,bus=scsi.0,drive=medium,bootindex=100');
  });
});

describe('what a guest learns of its network', () => {
  it('is its address as a kernel parameter', () => {
    const of = (address: string) => ipParameter({ ...spec, address });
    expect(of('10.9.0.1/24')).toBe('ip=10.9.0.1:::255.255.255.0:vm-1:eth0:off');
    expect(of('10.9.0.1/20')).toBe('ip=10.9.0.1:::255.255.240.0:vm-1:eth0:off');
    expect(of('10.9.0.1/0')).toBe('ip=10.9.0.1:::0.0.0.0:vm-1:eth0:off');
    const { address: _, ...without } = spec;
    expect(ipParameter(without)).toBeUndefined();
  });

  it('is a cloud-init seed', () => {
    const files = seedFiles(spec, 1450, { userData: '#cloud-config\n' });
    expect([...files.keys()]).toEqual(['meta-data', 'network-config', 'user-data']);
    expect(JSON.parse(files.get('network-config') ?? '')).toEqual({
      version: 2,
      ethernets: { eth0: { match: { macaddress: spec.mac }, mtu: 1450, addresses: [spec.address] } },
    });
    expect(seedFiles(spec, 1450, { userData: '', networkConfig: 'mine' }).get('network-config')).toBe('mine');
  });
});

it('gives each machine the lowest user that no other has', () => {
  expect(freeUser([])).toBe(firstUser);
  expect(freeUser([firstUser + 1, firstUser])).toBe(firstUser + 2);
});
