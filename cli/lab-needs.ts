import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { libbpf } from '../agents/vnet/libbpf.js';

/** Debian packages of the programs that a lab is looked at and taken down with, and of those that it is built with. */
const looking = { ip: ['iproute2'], umount: ['mount'] };
const building = {
  ...looking,
  clang: ['clang', 'libbpf-dev', 'linux-libc-dev'],
  git: ['git'],
  iperf3: ['iperf3'],
  mount: ['mount'],
  nsenter: ['util-linux'],
  tc: ['iproute2'],
};

/** Why this machine cannot run the lab, with what to do; null when it can. */
export const labNeeds = (): string | null => privileges() ?? programs(building) ?? library();

/** Why what exists of a lab on this machine cannot be seen or removed, with what to do; null when it can. */
export const lookNeeds = (): string | null => privileges() ?? programs(looking) ?? library();

function privileges(): string | null {
  if (process.platform !== 'linux') return 'The lab needs Linux. `npm start` shows the same on an emulated fleet.';
  if (process.getuid?.() === 0) return null;
  return 'The lab is made of network namespaces and BPF programs and needs root: run it with sudo.';
}

function programs(packages: Readonly<Record<string, readonly string[]>>): string | null {
  const missing = Object.keys(packages).filter((program) => !isInstalled(program));
  if (missing.length === 0) return null;
  const wanted = [...new Set(missing.flatMap((program) => packages[program] ?? []))].sort();
  return `The lab needs ${missing.join(', ')}: apt-get install ${wanted.join(' ')}`;
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

function library(): string | null {
  try {
    libbpf();
    return null;
  } catch (error) {
    return `The lab cannot work: ${(error as Error).message}`;
  }
}
