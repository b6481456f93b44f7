import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { packageRoot } from '../../package-root.js';

// Every run is a process of its own, which takes long to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** Builds what is run, unless it is built already. */
export async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(packageRoot(), 'tools', 'ready.mjs')]);
}

/** Runs the built command line as a person would, to its end. */
export function cli(...args: string[]): Promise<CliRun> {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

/** Lines of a stack trace. */
export function stackLines({ stdout, stderr }: CliRun): string[] {
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => /^\s+at .*[:)]/.test(line) || line.startsWith('Node.js v'));
}
