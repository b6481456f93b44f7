import { accessSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramRun, runProgram } from '../../linux/run-program.js';
import { type Accelerator, cpuModel, qemuProgram } from './machine-command.js';

export type AcceleratorChoice = 'auto' | Accelerator;

export type QemuFound =
  | { kind: 'usable'; accelerator: Accelerator; lacks: string[] }
  | { kind: 'missing'; message: string };

export interface QemuProbes {
  run(program: string, args: readonly string[], timeoutMs: number): Promise<ProgramRun>;
  /** Whether /dev/kvm can be opened; why not, if it cannot. */
  kvmDevice(): string | undefined;
  makeFolder(): string;
}

const timeoutMs = 10_000;
/** What the trial's guest writes to the debug port makes QEMU end with twice that and one. */
const written = 0x21;
const success = 2 * written + 1;

const real: QemuProbes = {
  run: runProgram,
  kvmDevice: () => {
    try {
      accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  makeFolder: () => mkdtempSync(join(tmpdir(), 'virtuoso-kvm-')),
};

/** Finds out whether this computer can run machines from `images`, and by what. */
export async function probeQemu(
  images: string,
  choice: AcceleratorChoice,
  probes: QemuProbes = real,
): Promise<QemuFound> {
  const missing = (message: string): QemuFound => ({
    kind: 'missing',
    message: `No machines of driver qemu: ${message}`,
  });
  if (!statSync(images, { throwIfNoEntry: false })?.isDirectory()) return missing(`${images} is no folder with images`);
  for (const [program, name] of [
    [qemuProgram, 'qemu-system-x86'],
    ['qemu-img', 'qemu-utils'],
    ['setpriv', 'util-linux'],
    ['prlimit', 'util-linux'],
  ] as const) {
    const said = await probes.run(program, ['--version'], timeoutMs);
    if (said.kind === 'failed') return missing(`${said.message}: install it with \`apt install ${name}\``);
  }
  if (choice === 'tcg') return { kind: 'usable', accelerator: 'tcg', lacks: [] };
  const trouble = await kvmTrouble(probes);
  if (trouble === undefined) return { kind: 'usable', accelerator: 'kvm', lacks: [] };
  if (choice === 'kvm') return missing(`KVM was asked for, and ${trouble}`);
  return { kind: 'usable', accelerator: 'tcg', lacks: [`Machines run without KVM, many times slower: ${trouble}`] };
}

/** Boots a sector that says so and ends: a device that opens may still not run guests, such as inside another virtual machine. */
async function kvmTrouble(probes: QemuProbes): Promise<string | undefined> {
  const closed = probes.kvmDevice();
  if (closed !== undefined)
    return `/dev/kvm cannot be used (${closed}): load the module kvm_intel or kvm_amd, and let root use it`;
  const folder = probes.makeFolder();
  try {
    const sector = join(folder, 'boot');
    writeFileSync(sector, bootSector());
    const node = { driver: 'raw', 'node-name': 'boot', 'read-only': true, file: { driver: 'file', filename: sector } };
    const said = await probes.run(
      qemuProgram,
      [
        ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35', '-accel', 'kvm', '-m', '32M'],
        ...['-cpu', `${cpuModel},enforce`, '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
        ...['-blockdev', JSON.stringify(node), '-device', 'virtio-blk-pci,drive=boot'],
      ],
      timeoutMs,
    );
    if (said.kind === 'failed' && said.code === success) return undefined;
    const why = said.kind === 'failed' ? said.message : 'the trial ended too early';
    return `a trial machine does not run by it (${why})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `mov al, 0x21; out 0xf4, al; hlt`, in a disk large enough for a BIOS to look at. */
function bootSector(): Buffer {
  const disk = Buffer.alloc(1 << 20);
  disk.set([0xb0, written, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}
