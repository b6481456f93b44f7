import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { namespacePath } from '../../agents/linux/namespace.js';
import { compileNative } from '../../agents/vnet/compile-native.js';
import { packageRoot } from '../../package-root.js';
import type { Port } from './frames.js';

/** A frame that came. */
export interface TimedFrame {
  number: number;
  /** Since the epoch. */
  sentMs: number;
  arrivedMs: number;
}

export interface SteadyFrames {
  count: number;
  intervalUs: number;
  /** With the Ethernet header. */
  bytes: number;
}

/** Sends frames at a steady rate from one device to another; those that came, by number. */
export function framesInTime(from: Port, to: Port, { count, intervalUs, bytes }: SteadyFrames): TimedFrame[] {
  const root = packageRoot();
  const program = compileNative({
    output: join(root, 'dist', 'native', 'test-frames-in-time'),
    folder: join(root, 'test', 'lab'),
    sources: ['frames-in-time.c'],
    options: ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread'],
    libraries: [],
    packages: ['clang', 'linux-libc-dev'],
  });
  const place = ({ namespace, device }: Port): string => `${namespacePath(namespace)}:${device}`;
  const args = [`${count}`, `${Math.round(intervalUs * 1000)}`, `${bytes}`, place(from), place(to)];
  const lines = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    .trim()
    .split('\n');
  return lines.slice(0, -1).map((line) => {
    const [number = '', sentNs = '', arrivedNs = ''] = line.split(' ');
    return { number: Number(number), sentMs: milliseconds(sentNs), arrivedMs: milliseconds(arrivedNs) };
  });
}

/** Nanoseconds since the epoch are more than a number holds exactly. */
const milliseconds = (ns: string): number => Number(BigInt(ns) / 1000n) / 1000;
