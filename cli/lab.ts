import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { namespacePath } from '../agents/linux/namespace.js';
import { down } from '../lab/down.js';
import { isEmpty, type Leftovers, leftovers } from '../lab/leftovers.js';
import { labNames, memberVariable } from '../lab/names.js';
import { up } from '../lab/up.js';
import { packageRoot } from '../package-root.js';
import { exitCodes } from './exit-codes.js';
import { labNeeds, lookNeeds } from './lab-needs.js';
import { readLabTopology } from './lab-network.js';

export interface LabOptions {
  /** Folder of `examples/` that is played. */
  example: string;
  lab: string;
  once: boolean;
  /** Leaves in the inventory what it says that the network carries. */
  nominal: boolean;
  /** Folder for traces of all links; none are recorded when left out. */
  traces?: string | undefined;
  output: 'text' | 'json';
  seed?: number | undefined;
}

/**
 * Builds the lab of an example, plays the example in it, and takes it down. The play runs as a process inside the
 * lab's control namespace, so that all traffic stays in namespaces. Returns the exit code.
 */
export async function runLab(options: LabOptions): Promise<number> {
  const missing = labNeeds();
  if (missing !== null) return fail(missing);
  const examples = join(packageRoot(), 'examples');
  const folder = join(examples, options.example);
  if (!existsSync(folder)) {
    return fail(`There is no example ${options.example}; there is ${readdirSync(examples).sort().join(', ')}.`);
  }
  const topology = await readLabTopology(folder);
  if (typeof topology === 'string') return fail(topology);
  await down(options.lab);
  // Whatever asks the runner to end, it outlives the play, to take the lab down.
  const stay = () => undefined;
  for (const signal of endings) process.on(signal, stay);
  try {
    const built = await up(options.lab, topology);
    return built.kind === 'refused' ? fail(built.message) : await play(options);
  } finally {
    const left = await down(options.lab);
    if (!isEmpty(left)) fail(`Something of the lab could not be removed: ${JSON.stringify(left)}`);
    for (const signal of endings) process.off(signal, stay);
  }
}

/** What ends a run: Ctrl-C, whoever started it, or the terminal that was closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function play({ lab, example, once, nominal, traces, output, seed }: LabOptions): Promise<number> {
  const names = labNames(lab);
  const [variable = '', value = ''] = memberVariable(lab).split('=');
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  const flags = [...(once ? ['--once'] : []), ...(nominal ? ['--nominal'] : [])];
  const recording = traces === undefined ? [] : ['--traces', resolve(traces)];
  const args = ['lab-play', example, '--name', lab, '--output', output, ...flags, ...recording];
  const seeded = seed === undefined ? args : [...args, '--seed', String(seed)];
  const child = spawn('nsenter', [`--net=${namespacePath(names.control)}`, process.execPath, main, ...seeded], {
    stdio: 'inherit',
    env: { ...process.env, [variable]: value },
  });
  // A signal that came while the lab was built is delivered only now.
  const terminate = () => child.kill('SIGTERM');
  for (const signal of endings) process.on(signal, terminate);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      for (const signal of endings) process.off(signal, terminate);
      resolve(code ?? exitCodes.error);
    });
  });
}

/** Removes everything that belongs to a lab, also after something of it was killed. Returns the exit code. */
export async function labDown(lab: string): Promise<number> {
  const missing = lookNeeds();
  if (missing !== null) return fail(missing);
  const left = await down(lab);
  if (!isEmpty(left)) return fail(`Something of the lab could not be removed: ${JSON.stringify(left)}`);
  process.stdout.write(`The lab ${lab} is down; nothing of it is left.\n`);
  return exitCodes.ok;
}

/** What exists of a lab. */
export function labStatus(lab: string): number {
  const missing = lookNeeds();
  if (missing !== null) return fail(missing);
  const found: Leftovers = leftovers(lab);
  process.stdout.write(`${JSON.stringify({ format_version: '1', lab, ...found }, null, 2)}\n`);
  return exitCodes.ok;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
