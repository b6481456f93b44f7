import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespacePath } from '../../agents/linux/namespace.js';
import { packageRoot } from '../../package-root.js';

/** A device in a namespace, where frames are sent and arrive. */
export interface Port {
  namespace: string;
  device: string;
}

export interface RawFrame {
  /** Place in the list of ports. */
  port: number;
  to: string;
  /** The port's own address when left out. */
  source?: string;
  /** 60 bytes when left out. */
  length?: number;
}

/** Sends raw frames between devices in network namespaces. */
export interface Frames {
  /** Sends `count` frames of `length` bytes from `eth0` of one namespace; how many reached that of each of the others. */
  send(to: string, sender: string, receivers: readonly string[], count?: number, length?: number): number[];
  /** Sends each frame once; the ports that it reached, once for each copy. */
  exchange(ports: readonly Port[], frames: readonly RawFrame[]): Promise<number[][]>;
  /** Sends the frames in turn, one each `periodUs`, while a task goes on; the ports that each frame sent has reached. */
  stream(
    ports: readonly Port[],
    frames: readonly RawFrame[],
    periodUs: number,
    task: () => Promise<void>,
  ): Promise<number[][]>;
  close(): void;
}

const quietMs = 100;

export function compileFrames(): Frames {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-frames-'));
  const program = join(folder, 'frames');
  const args = ['-O2', '-Wall', '-Wextra', '-Werror', join(packageRoot(), 'test/lab/frames.c'), '-o', program];
  const compiled = spawnSync('clang', args, { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`frames.c: ${compiled.error?.message ?? compiled.stderr}`);
  const start = (ports: readonly Port[], frames: readonly RawFrame[], periodUs: number, task?: () => Promise<void>) =>
    run(program, [quietMs, periodUs].map(String).concat(ports.map(written)), frames.map(line).join(''), task);
  return {
    send: (to, sender, receivers, count = 1, length = 60) => {
      const ports = [sender, ...receivers].map((namespace) => written({ namespace, device: 'eth0' }));
      const input = line({ port: 0, to, length }).repeat(count);
      const args = [String(quietMs), '0', ...ports];
      const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
      const reached = arrivals(program, status, stdout, stderr).flat();
      return receivers.map((_, index) => reached.filter((port) => port === index + 1).length);
    },
    exchange: (ports, frames) => start(ports, frames, 0),
    stream: start,
    close: () => rmSync(folder, { recursive: true }),
  };
}

function written({ namespace, device }: Port): string {
  return `${namespacePath(namespace)}:${device}`;
}

function line({ port, to, source = '-', length = 60 }: RawFrame): string {
  return `${port} ${to} ${source} ${length}\n`;
}

/** Runs frames.c; with a task, until that is done. */
async function run(program: string, args: string[], list: string, task?: () => Promise<void>): Promise<number[][]> {
  const child = spawn(program, args, { stdio: 'pipe' });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  child.stdin.write(task ? `${list}\n` : list);
  try {
    await task?.();
  } finally {
    child.stdin.end();
  }
  return arrivals(program, await ended, output, errors);
}

/** What frames.c has printed: the ports that each frame has reached. */
function arrivals(program: string, status: number | null, output: string, errors: string): number[][] {
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${errors}`);
  const lines = output.trim().split('\n');
  const sent = Number(lines.pop()?.replace('sent ', ''));
  const reached = Array.from({ length: sent }, (): number[] => []);
  for (const [frame = 0, port = 0] of lines.map((each) => each.split(' ').map(Number))) reached[frame]?.push(port);
  return reached;
}
