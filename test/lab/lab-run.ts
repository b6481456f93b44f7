import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespacePath } from '../../agents/linux/namespace.js';
import { processesInNamespaces } from '../../agents/linux/processes.js';
import type { Leftovers } from '../../lab/leftovers.js';
import { type LabNames, labNames } from '../../lab/names.js';
import { packageRoot } from '../../package-root.js';

/** The last line of `lab run --once -o json`. */
export interface LabResult {
  mapping: Record<string, string>;
  before: { throughputMbps: number };
  after: { throughputMbps: number };
  /** What the last plan rests on. */
  capacities: 'nominal' | 'measured' | 'mixed';
  passes: number;
  statusCommit: string;
  brokenConnections: number;
  restarts: number;
}

/** A process of a lab run, beside the runner itself. */
export type LabPart = 'reconciler' | 'play' | { agent: string };

const program = join(packageRoot(), 'dist', 'cli', 'main.js');
const pollMs = 5;

/** Brings `dist` up to date, as every npm script does. */
export function build(): void {
  const built = spawnSync(process.execPath, [join(packageRoot(), 'tools', 'ready.mjs')], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
}

/** Runs a verb of `virtuoso lab` to its end. */
export function labVerb(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'lab', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What exists of a lab, as `lab status` tells it. */
export function labStatus(lab: string): Leftovers {
  const { format_version, lab: named, ...found } = JSON.parse(labVerb('status', '--name', lab).stdout);
  if (format_version !== '1' || named !== lab) throw new Error(`this is not the status of ${lab}: ${named}`);
  return found;
}

/** Fig. 14 in a lab, run by the program as a user would, and watched from outside. */
export class LabRun {
  readonly names: LabNames;
  /** Exit code, or the signal that ended the runner, when all that wrote to its output has ended. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  #output = '';
  #errors = '';
  #log = '';
  #isOver = false;

  /** @param flags of `lab run` beside those that every run has */
  constructor(lab: string, ...flags: string[]) {
    this.names = labNames(lab);
    const verb = ['lab', 'run', 'fig14', '--once', '-o', 'json', '--name', lab];
    this.#child = spawn(process.execPath, [program, ...verb, ...flags]);
    this.#child.stdout?.on('data', (text) => {
      this.#output += text;
    });
    this.#child.stderr?.on('data', (text) => {
      this.#errors += text;
    });
    this.#child.once('exit', () => {
      this.#isOver = true;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
  }

  /** @throws unless the run printed a result. */
  result(): LabResult {
    const line = this.#output.trimEnd().split('\n').at(-1);
    if (!line) throw new Error(`the run printed no result:\n${this.told()}`);
    return JSON.parse(line);
  }

  /** All that a person would want to see when a run went wrong. */
  told(): string {
    return `${this.#errors}\n--- reconciler\n${this.reconcilerLog()}`;
  }

  /** What the reconcilers of this lab have logged up to now, one after the other. */
  reconcilerLog(): string {
    try {
      this.#log = readFileSync(join(this.names.logFolder, 'reconciler.log'), 'utf8');
    } catch (error) {
      // Not built yet, or down again: what was read last stays.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return this.#log;
  }

  /** Starts of plans that were logged up to now; the first one creates the VMs. */
  plansBegun(): number {
    return this.reconcilerLog().split('"Applying ').length - 1;
  }

  /**
   * Waits until `look` finds something.
   * @throws if the runner ends first, or never within `timeoutMs`.
   */
  async until<T>(what: string, look: () => T | undefined | false, timeoutMs = 90_000): Promise<T> {
    for (const endMs = Date.now() + timeoutMs; Date.now() < endMs; await sleep(pollMs)) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (this.#isOver) throw new Error(`the run ended before ${what}:\n${this.told()}`);
    }
    throw new Error(`no ${what} within ${timeoutMs} ms:\n${this.told()}`);
  }

  /** The process of a part of the run; undefined while there is none. */
  pid(part: LabPart): number | undefined {
    const namespace = typeof part === 'string' ? this.names.control : this.names.host(part.agent);
    const words = part === 'reconciler' ? ['reconcile'] : part === 'play' ? ['lab-play'] : ['agent', 'run', part.agent];
    return processesInNamespaces([namespacePath(namespace)]).find((pid) => {
      const command = commandLine(pid);
      return command.includes(program) && words.every((word) => command.includes(word));
    });
  }

  /** SIGKILLs a part, once it is there; returns its pid. */
  async kill(part: LabPart): Promise<number> {
    const pid = await this.until(`a process to kill: ${JSON.stringify(part)}`, () => this.pid(part));
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Sends the runner a signal and waits until it has gone; what it started may go on. */
  async signalRunner(signal: NodeJS.Signals): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await gone;
  }
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has just ended
  }
}
