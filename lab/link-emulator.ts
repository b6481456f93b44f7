import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileNative } from '../agents/vnet/compile-native.js';
import { packageRoot } from '../package-root.js';
import { type EmulatedLink, hopWords } from './emulated-link.js';
import type { LabNames } from './names.js';
import { type LabProcess, startProcess } from './process.js';

const own = ['clock', 'cross-traffic', 'emulator-arguments', 'hop', 'link-emulator', 'truth', 'way'];

/**
 * Path of the link emulator. Compiled when its source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function linkEmulator(root: string = packageRoot()): string {
  const shared = join(root, 'agents', 'native');
  return compileNative({
    output: join(root, 'dist', 'native', 'virtuoso-link-emulator'),
    folder: join(root, 'lab', 'native'),
    sources: [...own.map((name) => `${name}.c`), join('..', '..', 'agents', 'native', 'tap.c')],
    options: ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-g', '-Wall', '-Wextra', '-Werror', `-I${shared}`],
    libraries: ['-lm'],
    packages: ['clang', 'linux-libc-dev'],
  });
}

/** A TAP that is there already; the namespace by name. */
export interface LinkEndpoint {
  namespace: string;
  device: string;
}

/** An emulated link that frames pass. */
export interface RunningLink {
  program: LabProcess;
  /** What it really did, for `readLinkLog`. */
  logFile: string;
  /** What it says and, once it has ended, its statistics. */
  outputFile: string;
}

const readyMs = 5000;
const logMs = 20;
/** Above ordinary processes, so that frames come out when they should; far under what the product itself uses. */
const priority = 1;

/**
 * Starts the program that joins two TAPs of a lab; `down` ends it.
 * @param name of its files, one of a kind in the lab
 * @throws if it does not start.
 */
export async function startLink(
  names: LabNames,
  name: string,
  [a, b]: readonly [LinkEndpoint, LinkEndpoint],
  link: EmulatedLink,
): Promise<RunningLink> {
  const logFile = join(names.logFolder, `${name}.truth`);
  const outputFile = join(names.logFolder, `${name}.log`);
  const at = ({ namespace, device }: LinkEndpoint): string => `/run/netns/${namespace}:${device}`;
  const args = [
    ...['--a', at(a), '--b', at(b), '--seed', `${link.seed}`, '--priority', `${priority}`],
    ...link.there.flatMap((hop) => ['--there', hopWords(hop)]),
    ...link.back.flatMap((hop) => ['--back', hopWords(hop)]),
    ...(link.spinUs === undefined ? [] : ['--spin-us', `${link.spinUs}`]),
    ...['--log', logFile, '--log-ms', `${logMs}`],
  ];
  const command = linkEmulator();
  const program = await startProcess(names, { namespace: a.namespace, command, args, log: name });
  let ended = false;
  void program.ended.then(() => {
    ended = true;
  });
  for (let waitedMs = 0; waitedMs < readyMs && !ended; waitedMs += 10) {
    if (readFileSync(outputFile, 'utf8').includes('ready')) return { program, logFile, outputFile };
    await sleep(10);
  }
  await program.end();
  throw new Error(`The link emulator ${name} does not start: ${readFileSync(outputFile, 'utf8').trim()}`);
}
