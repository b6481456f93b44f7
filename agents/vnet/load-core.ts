import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demand, KernelRefusal, libbpf } from './libbpf.js';
import { VerifierLog } from './verifier-log.js';

/** Maps and programs of an object, by the names that it gives them. */
export interface CoreParts {
  maps: readonly string[];
  programs: readonly string[];
}

/**
 * Descriptors of the parts that are pinned in `folder` (of a mounted bpffs), by name; first loads and pins them if they are not there
 * or of another object.
 * @throws if the kernel refuses.
 */
export function openCore(folder: string, object: string, { maps, programs }: CoreParts): Record<string, number> {
  const pins = join(folder, versionOf(object));
  const names = [...maps, ...programs];
  if (!names.every((name) => existsSync(join(pins, name)))) load(object, pins, { maps, programs });
  return Object.fromEntries(
    names.map((name) => [name, demand(libbpf().get(join(pins, name)), `cannot open the pinned ${join(pins, name)}`)]),
  );
}

/** Removes what other versions pinned; to be called when nothing is attached to them any more. */
export function forgetOtherCores(folder: string, object: string): void {
  for (const other of readdirSync(folder)) {
    if (other !== versionOf(object)) rmSync(join(folder, other), { recursive: true });
  }
}

/** Another object has other pins: its maps may have another layout. */
function versionOf(object: string): string {
  return createHash('sha256').update(readFileSync(object)).digest('hex').slice(0, 12);
}

const bpffsType = 0xcafe4a11;

/** Pins can be nowhere else, and to make a folder in sysfs, where a bpffs is mounted as a rule, would be tried for ever. */
function requireBpffs(pins: string): void {
  let there = pins;
  while (!existsSync(there)) there = dirname(there);
  if (statfsSync(there).type === bpffsType) return;
  throw new Error(`${there} is not on a bpffs, where programs are pinned: \`mount -t bpf bpf /sys/fs/bpf\` mounts one`);
}

function load(object: string, pins: string, { maps, programs }: CoreParts): void {
  requireBpffs(pins);
  rmSync(pins, { recursive: true, force: true }); // half a set, from an agent that died while it pinned
  mkdirSync(pins, { recursive: true, mode: 0o700 });
  const log = new VerifierLog();
  const opened = libbpf().openFile(object, log);
  try {
    if (!opened) throw new Error(`${object} is not a BPF object: remove it, it will be compiled again`);
    loadObject(opened, object, log);
    const { map, program, pin } = libbpf();
    const descriptors: [string, number][] = [
      ...maps.map((name): [string, number] => [name, map(opened, name)]),
      ...programs.map((name): [string, number] => [name, program(opened, name)]),
    ];
    for (const [name, descriptor] of descriptors) {
      demand(pin(descriptor, join(pins, name)), `cannot pin ${name} in ${pins}, which must be on a mounted bpffs`);
    }
  } finally {
    if (opened) libbpf().closeObject(opened);
    log.free();
  }
}

/** @throws KernelRefusal with what the verifier says. */
export function loadObject(opened: unknown, object: string, log: VerifierLog): void {
  try {
    const needs = 'needs root (or CAP_BPF and CAP_NET_ADMIN) and Linux 5.15 or newer';
    demand(libbpf().load(opened), `the kernel does not load ${object} (it ${needs})`);
  } catch (error) {
    const said = log.lastLines();
    if (!(error instanceof KernelRefusal) || said === '') throw error;
    throw new KernelRefusal(`${error.message}. Its verifier says:\n${said}`);
  }
}
