import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespacePath } from '../../agents/linux/namespace.js';
import { packageRoot } from '../../package-root.js';

/** Sends raw frames between guests that are network namespaces. */
export interface Frames {
  /** Sends `count` frames of `length` bytes from one namespace; how many reached each of the others. */
  send(to: string, sender: string, receivers: readonly string[], count?: number, length?: number): number[];
  close(): void;
}

const quietMs = 100;

export function compileFrames(): Frames {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-frames-'));
  const program = join(folder, 'frames');
  run('clang', ['-O2', '-Wall', '-Werror', join(packageRoot(), 'test/lab/frames.c'), '-o', program]);
  return {
    send: (to, sender, receivers, count = 1, length = 60) => {
      const amounts = [quietMs, to, count, length].map(String);
      const output = run(program, [...amounts, ...[sender, ...receivers].map(namespacePath)]);
      return output.trim().split('\n').filter(Boolean).map(Number);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

function run(program: string, args: string[]): string {
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
