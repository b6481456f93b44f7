import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { namespacePath } from '../agents/linux/namespace.js';
import { type LabNames, memberVariable } from './names.js';

/** A process that runs in a namespace of a lab. */
export interface LabProcess {
  pid: number;
  /** What it prints on stdout and stderr, unless that goes to a file. */
  output: Readable | undefined;
  errors: Readable | undefined;
  /** Resolves when it has ended, with the exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  /** Asks it to end and waits; after `graceMs` it is killed. */
  end(graceMs?: number): Promise<void>;
}

export interface LabCommand {
  namespace: string;
  command: string;
  args: readonly string[];
  /** Name of the log file that takes its output; without it, `output` and `errors` have it. */
  log?: string;
  environment?: Record<string, string>;
}

/**
 * Starts a program in a namespace. It goes on when this process ends; `down` ends it.
 * @throws if it cannot be started at all.
 */
export async function startProcess(names: LabNames, what: LabCommand): Promise<LabProcess> {
  const log = what.log === undefined ? undefined : openSync(join(names.logFolder, `${what.log}.log`), 'a');
  const [variable = '', value = ''] = memberVariable(names.lab).split('=');
  const child = spawn('nsenter', [`--net=${namespacePath(what.namespace)}`, what.command, ...what.args], {
    detached: true,
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
    env: { ...process.env, ...what.environment, [variable]: value },
  });
  if (log !== undefined) closeSync(log);
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return {
    pid: child.pid ?? 0,
    output: child.stdout ?? undefined,
    errors: child.stderr ?? undefined,
    ended,
    end: async (graceMs = 1000) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
