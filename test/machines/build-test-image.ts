import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packageRoot } from '../../package-root.js';

/** A kernel and an initramfs that boot to a shell within seconds, even without KVM. */
export interface TestImage {
  /** Holds nothing but the two; everybody may read it. */
  folder: string;
  kernel: { file: string; digest: string };
  initramfs: { file: string; digest: string };
}

/** Modules of the kernel in the order in which they load. */
const modules = [
  ...['drivers/virtio/virtio_ring', 'drivers/virtio/virtio', 'drivers/virtio/virtio_pci_modern_dev'],
  ...['drivers/virtio/virtio_pci_legacy_dev', 'drivers/virtio/virtio_pci', 'drivers/block/virtio_blk'],
  ...['net/core/failover', 'drivers/net/net_failover', 'drivers/net/virtio_net', 'drivers/scsi/scsi_common'],
  ...['drivers/scsi/scsi_mod', 'drivers/scsi/virtio_scsi', 'drivers/cdrom/cdrom', 'drivers/scsi/sr_mod'],
  ...['drivers/input/evdev', 'drivers/acpi/button', 'fs/nls/nls_cp437', 'fs/nls/nls_ascii', 'fs/nls/nls_iso8859-1'],
  ...['fs/fat/fat', 'fs/fat/vfat', 'fs/isofs/isofs'],
];

const commands =
  'sh mount insmod ip ifconfig udhcpc nc cat cut sed echo hostname sleep setsid cttyhack acpid poweroff reboot ls grep dd hexdump ping sha256sum mkdir ps';
const here = join(packageRoot(), 'test/machines');

let built: TestImage | undefined;

/**
 * The image, made if this machine has not made it yet, of Debian's cloud kernel and its static busybox: both are downloaded and unpacked,
 * and never installed. The same packages give the same bytes.
 * @throws if it cannot be made; the message says what is missing.
 */
export function buildTestImage(): TestImage {
  built ??= build();
  return built;
}

function build(): TestImage {
  const kernel = /^ *Depends: (linux-image-[a-z0-9.+-]+)$/m.exec(
    run('apt-cache', 'depends', 'linux-image-cloud-amd64'),
  )?.[1];
  if (kernel === undefined)
    throw new Error('apt knows no linux-image-cloud-amd64: run `apt-get update` on Debian for amd64');
  const recipe = ['init.sh', 'lease.sh', 'build-test-image.ts'].map((file) => readFileSync(join(here, file)));
  const packages = [kernel, 'busybox-static'];
  const hash = createHash('sha256');
  for (const each of packages) hash.update(/Candidate: .*/.exec(run('apt-cache', 'policy', each))?.[0] ?? '');
  for (const part of recipe) hash.update(part);
  const folder = join(packageRoot(), '.virtuoso/test-image', hash.digest('hex').slice(0, 16));
  if (!existsSync(folder)) make(packages, folder);
  const part = (file: string) => ({ file, digest: digestOf(join(folder, file)) });
  return { folder, kernel: part('vmlinuz'), initramfs: part('initramfs.gz') };
}

/** Whether the image is there or could be made; why not is printed, because a test that is skipped does not say. */
export function isTestImagePossible(): boolean {
  try {
    buildTestImage();
    return true;
  } catch (error) {
    process.stderr.write(`The test machine cannot be made: ${(error as Error).message}\n`);
    return false;
  }
}

/** Makes it beside and moves it to its place in one step: several test files may do so at once. */
function make(packages: readonly string[], folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const unpack =
      'cd "$1" && shift && apt-get download -q -o APT::Sandbox::User=root "$@" && for deb in *.deb; do dpkg -x "$deb" unpacked; done';
    run('sh', '-c', unpack, 'sh', work, ...packages);
    const made = join(work, 'made');
    mkdirSync(made, { mode: 0o755 });
    const [version = ''] = readdirSync(join(work, 'unpacked/lib/modules'));
    copyFileSync(join(work, `unpacked/boot/vmlinuz-${version}`), join(made, 'vmlinuz'));
    const root = join(work, 'root');
    fillRoot(root, join(work, 'unpacked'), join('lib/modules', version, 'kernel'));
    const pack = 'cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet | gzip -9n >"$2"';
    run('sh', '-c', pack, 'sh', root, join(made, 'initramfs.gz'));
    for (const file of readdirSync(made)) chmodSync(join(made, file), 0o644);
    chmodSync(made, 0o755);
    try {
      renameSync(made, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error; // somebody else was first, with the same bytes
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fillRoot(root: string, unpacked: string, moduleFolder: string): void {
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'mnt', 'run', 'etc/acpi/PWRF', 'var/run'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(unpacked, 'bin/busybox'), join(root, 'bin/busybox'));
  for (const command of commands.split(' ')) symlinkSync('busybox', join(root, 'bin', command));
  for (const path of modules)
    copyFileSync(join(unpacked, moduleFolder, `${path}.ko`), join(root, 'modules', `${basename(path)}.ko`));
  writeFileSync(join(root, 'modules/order'), `${modules.map((path) => basename(path)).join('\n')}\n`);
  copyFileSync(join(here, 'init.sh'), join(root, 'init'));
  copyFileSync(join(here, 'lease.sh'), join(root, 'lease'));
  writeFileSync(join(root, 'etc/acpi/PWRF/00000080'), '#!/bin/sh\nexec /bin/poweroff -f\n');
  for (const program of ['init', 'lease', 'bin/busybox', 'etc/acpi/PWRF/00000080'])
    chmodSync(join(root, program), 0o755);
  run('find', root, '-exec', 'touch', '--no-dereference', '--date=@0', '{}', '+');
}

const digestOf = (path: string): string => `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;

function run(program: string, ...args: string[]): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) throw new Error(`cannot run ${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}
