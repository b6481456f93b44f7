import type { GuestSpec, Machine } from '../../../schema/generated/types.js';

export type Accelerator = 'kvm' | 'tcg';

/** A machine as QEMU is told to run it: everything has been found, verified and made before. */
export interface MachinePlan {
  spec: GuestSpec;
  machine: Machine;
  accelerator: Accelerator;
  /** Number of the user and group that QEMU becomes once it has opened everything: this machine's alone. */
  user: number;
  /** Name of the TAP device in the namespace that QEMU starts in. */
  port: string;
  mtu: number;
  disks: DiskFiles[];
  boot?: { kernel: string; initramfs?: string | undefined; commandLine: string } | undefined;
  /** Folder with the files of the cloud-init seed, in the machine's own. */
  seed?: string | undefined;
  cdrom?: string | undefined;
}

export interface DiskFiles {
  /** The machine's own file, a qcow2 in its folder. */
  overlay: string;
  base?: { path: string; format: 'qcow2' | 'raw' } | undefined;
}

/** Names of sockets in the machine's folder, which is QEMU's working directory. */
export const sockets = { qmp: 'qmp.sock', serial: 'serial.sock', vnc: 'vnc.sock' } as const;
/** What the serial console has said since the start. */
export const serialLog = 'serial.log';
/** Id of the CD drive in QMP. */
export const driveId = 'cd';

/** QEMU itself, its tables and the code that TCG makes, beside the guest's memory. */
const ownMib = 2048;
const translationMib = 128;
const mostDescriptors = 512;
const mostThreads = 256;

/** Processors of the machine. */
export const vcpusOf = ({ computeCores }: GuestSpec, { vcpus }: Machine): number =>
  vcpus ?? Math.max(1, Math.ceil(computeCores));

/**
 * The program and its arguments. Around QEMU: no new privileges, and limits on memory, descriptors, threads and core files. In it: no
 * device or network but those named here, a seccomp filter, and a user of its own.
 */
export function machineCommand(plan: MachinePlan): { program: string; args: string[] } {
  const { machine, spec, user, accelerator } = plan;
  const memoryMib = Math.ceil(spec.memoryMib);
  const limits = [
    ...[`--as=${(memoryMib + ownMib) * 1024 * 1024}`, `--nofile=${mostDescriptors}`],
    ...[`--nproc=${mostThreads}`, '--core=0'],
  ];
  const qemu = [
    ...['-name', `${spec.name},process=vm-${spec.name.slice(0, 12)},debug-threads=on`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35,dump-guest-core=off'],
    ...['-accel', accelerator === 'kvm' ? 'kvm' : `tcg,tb-size=${translationMib}`, '-cpu', cpuModel],
    ...['-m', `${memoryMib}M`, '-smp', String(vcpusOf(spec, machine))],
    ...['-sandbox', 'on,obsolete=deny,spawn=deny,resourcecontrol=deny', '-runas', `${user}:${user}`],
    ...['-rtc', 'base=utc', '-msg', 'timestamp=on'],
    ...controls(),
    ...networkInterface(plan),
    ...plan.disks.flatMap(disk),
    ...(plan.seed === undefined ? [] : seedDisk(plan.seed)),
    ...cdDrive(plan.cdrom),
    ...bootArguments(plan.boot),
  ];
  return { program: 'setpriv', args: ['--no-new-privs', 'prlimit', ...limits, '--', qemuProgram, ...qemu] };
}

export const qemuProgram = 'qemu-system-x86_64';
/** The oldest that today's distributions run on; the same on every host, so that a guest finds it again wherever it comes to. */
export const cpuModel = 'Nehalem';

/** Sockets are in the working directory: a path of any length would not fit into an address. */
function controls(): string[] {
  const socket = (id: string, path: string, more = '') => [
    '-chardev',
    `socket,id=${id},path=${path},server=on,wait=off${more}`,
  ];
  return [
    ...[...socket('qmp', sockets.qmp), '-mon', 'chardev=qmp,mode=control'],
    ...[...socket('serial', sockets.serial, `,logfile=${serialLog},logappend=on`), '-serial', 'chardev:serial'],
    ...['-vnc', `unix:${sockets.vnc}`, '-device', 'VGA,romfile='],
    ...['-device', 'virtio-rng-pci'],
  ];
}

/** The network's MTU is what the guest's driver is told. */
function networkInterface({ port, mtu, spec }: MachinePlan): string[] {
  return [
    ...['-netdev', `tap,id=port,ifname=${port},script=no,downscript=no,vhost=off`],
    ...['-device', `virtio-net-pci,netdev=port,mac=${spec.mac},host_mtu=${mtu},romfile=`],
  ];
}

/** Each layer is named with its format: what a guest writes into a raw disk must never be taken for a header. */
function disk({ overlay, base }: DiskFiles, index: number): string[] {
  const backing = base && {
    driver: base.format,
    'read-only': true,
    file: { driver: 'file', filename: base.path, 'read-only': true },
    ...(base.format === 'qcow2' ? { backing: null } : {}),
  };
  const node = {
    driver: 'qcow2',
    'node-name': `disk${index}`,
    discard: 'unmap',
    file: { driver: 'file', filename: overlay, discard: 'unmap' },
    backing: backing ?? null,
  };
  const device = `virtio-blk-pci,drive=disk${index},id=vd${index},bootindex=${index + 1},werror=stop,rerror=report`;
  return ['-blockdev', JSON.stringify(node), '-device', device];
}

function seedDisk(folder: string): string[] {
  const node = { driver: 'vvfat', 'node-name': 'seed', dir: folder, label: 'CIDATA', 'read-only': true };
  return ['-blockdev', JSON.stringify(node), '-device', 'virtio-blk-pci,drive=seed'];
}

function cdDrive(cdrom: string | undefined): string[] {
  const medium = { driver: 'raw', 'node-name': 'medium', 'read-only': true, file: { driver: 'file', filename: cdrom } };
  return [
    ...['-device', 'virtio-scsi-pci,id=scsi'],
    ...(cdrom === undefined ? [] : ['-blockdev', JSON.stringify(medium)]),
    ...['-device', `scsi-cd,id=${driveId},bus=scsi.0${cdrom === undefined ? '' : ',drive=medium'},bootindex=100`],
  ];
}

function bootArguments(boot: MachinePlan['boot']): string[] {
  if (!boot) return [];
  const initramfs = boot.initramfs === undefined ? [] : ['-initrd', boot.initramfs];
  return ['-kernel', boot.kernel, ...initramfs, '-append', boot.commandLine];
}
