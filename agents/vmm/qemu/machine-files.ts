import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestSpec, Machine } from '../../../schema/generated/types.js';
import { type Made, provideDisks } from './disks.js';
import type { ImageStore } from './image-store.js';
import type { MachinePlan } from './machine-command.js';
import { ipParameter, seedFiles } from './network-settings.js';

/** Folder of the seed in the machine's own. */
const seedFolder = 'seed';

export type MachineFiles = Pick<MachinePlan, 'disks' | 'boot' | 'seed' | 'cdrom'>;

/** Finds, verifies and makes all files that a machine starts with. */
export async function provideFiles(
  spec: GuestSpec,
  machine: Machine,
  { folder, images, user, mtu }: { folder: string; images: ImageStore; user: number; mtu: number },
): Promise<Made<MachineFiles>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user, user);
  const disks = await provideDisks(machine.disks, { folder, images, user });
  if (disks.kind === 'refused') return disks;
  const boot = await findBoot(spec, machine, images);
  if (boot.kind === 'refused') return boot;
  const cdrom = machine.cdrom && (await images.find(machine.cdrom));
  if (cdrom?.kind === 'refused') return cdrom;
  const seed = machine.cloudInit && writeSeed(folder, user, seedFiles(spec, mtu, machine.cloudInit));
  return { kind: 'made', value: { disks: disks.value, boot: boot.value, seed, cdrom: cdrom?.path } };
}

async function findBoot(spec: GuestSpec, { boot }: Machine, images: ImageStore): Promise<Made<MachinePlan['boot']>> {
  if (!boot) return { kind: 'made', value: undefined };
  const kernel = await images.find(boot.kernel);
  if (kernel.kind === 'refused') return kernel;
  const initramfs = boot.initramfs && (await images.find(boot.initramfs));
  if (initramfs?.kind === 'refused') return initramfs;
  const commandLine = [boot.commandLine, ipParameter(spec)].filter((part) => part !== undefined).join(' ');
  return { kind: 'made', value: { kernel: kernel.path, initramfs: initramfs?.path, commandLine } };
}

function writeSeed(folder: string, user: number, files: ReadonlyMap<string, string>): string {
  const path = join(folder, seedFolder);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  chownSync(path, user, user);
  for (const [name, content] of files) {
    writeFileSync(join(path, name), content, { mode: 0o600 });
    chownSync(join(path, name), user, user);
  }
  return seedFolder;
}
