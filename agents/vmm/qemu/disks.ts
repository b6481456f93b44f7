import { chownSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineDisk } from '../../../schema/generated/types.js';
import { runProgram } from '../../linux/run-program.js';
import type { ImageStore } from './image-store.js';
import type { DiskFiles } from './machine-command.js';

export type Made<T> = { kind: 'made'; value: T } | { kind: 'refused'; message: string };

const timeoutMs = 30_000;
const mib = 1024 * 1024;

/** What `qemu-img info` tells of an image. */
interface ImageFacts {
  format: string;
  'virtual-size': number;
  'backing-filename'?: string;
  'format-specific'?: { data?: { 'data-file'?: string } };
}

/** Makes the machine's own file of each disk, or finds the one that is there: its content is the guest's, and is never made anew. */
export async function provideDisks(
  disks: readonly MachineDisk[],
  { folder, images, user }: { folder: string; images: ImageStore; user: number },
): Promise<Made<DiskFiles[]>> {
  const files: DiskFiles[] = [];
  for (const [index, disk] of disks.entries()) {
    const base = await verifiedBase(disk, images);
    if (base.kind === 'refused') return base;
    const overlay = `disk${index}.qcow2`;
    const path = join(folder, overlay);
    const made = existsSync(path) ? undefined : await makeOverlay(path, disk, base.value, user);
    if (made !== undefined) return { kind: 'refused', message: made };
    files.push({ overlay, ...(base.value ? { base: { path: base.value.path, format: disk.format ?? 'qcow2' } } : {}) });
  }
  return { kind: 'made', value: files };
}

type Base = { path: string; sizeBytes: number } | undefined;

async function verifiedBase({ image, format = 'qcow2' }: MachineDisk, images: ImageStore): Promise<Made<Base>> {
  if (image === undefined) return { kind: 'made', value: undefined };
  const found = await images.find(image);
  if (found.kind === 'refused') return found;
  const refused = (why: string): Made<Base> => ({ kind: 'refused', message: `the image ${image.file} ${why}` });
  const said = await runProgram('qemu-img', ['info', '--output=json', '-f', format, found.path], timeoutMs);
  if (said.kind === 'failed') return refused(`is damaged, or not ${format}: ${said.message}`);
  const facts = JSON.parse(said.output) as ImageFacts;
  if (facts['backing-filename'] !== undefined || facts['format-specific']?.data?.['data-file'] !== undefined)
    return refused('needs other files: make it whole with `qemu-img convert -O qcow2`');
  return { kind: 'made', value: { path: found.path, sizeBytes: facts['virtual-size'] } };
}

/** Undefined: it is made, beside and then moved to its place, so that one that is there is whole. */
async function makeOverlay(path: string, disk: MachineDisk, base: Base, user: number): Promise<string | undefined> {
  const sizeBytes = disk.sizeMib === undefined ? base?.sizeBytes : Math.ceil(disk.sizeMib) * mib;
  if (sizeBytes === undefined) return 'a disk without an image needs a size';
  if (base && sizeBytes < base.sizeBytes)
    return `a disk of ${disk.sizeMib} MiB is smaller than its image ${disk.image?.file} of ${Math.ceil(base.sizeBytes / mib)} MiB: state a larger size, or none`;
  const backing = base ? ['-b', base.path, '-F', disk.format ?? 'qcow2'] : [];
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  const said = await runProgram(
    'qemu-img',
    ['create', '-q', '-f', 'qcow2', ...backing, fresh, String(sizeBytes)],
    timeoutMs,
  );
  if (said.kind === 'failed') {
    rmSync(fresh, { force: true });
    return `its disk cannot be made: ${said.message}`;
  }
  chownSync(fresh, user, user);
  renameSync(fresh, path);
  return undefined;
}
