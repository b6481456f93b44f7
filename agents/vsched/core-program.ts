import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { compileNative } from '../vnet/compile-native.js';

/** What decides, without system calls. */
export const pureSources = ['account.c', 'admission.c', 'edf.c', 'edf-levels.c', 'phase.c'] as const;

const sources = [
  ...pureSources,
  ...['apply-wishes.c', 'clocks.c', 'core.c', 'follow-order.c', 'front.c', 'guest.c', 'holding.c', 'mailbox.c'],
  ...['open-area.c', 'pass-descriptor.c', 'process-look.c', 'publish.c', 'release.c', 'scheduler.c', 'standstill.c'],
  ...['vsched.c', 'wanted.c', 'watch.c'],
];

const hardening = ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-fPIE', '-pie', '-Wl,-z,relro,-z,now'];

export const nativeFolder = (root: string = packageRoot()): string => join(root, 'agents', 'vsched', 'native');

/** What every source is compiled with. */
export const compilerOptions = (root: string = packageRoot()): string[] => [
  ...['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-g', '-Wall', '-Wextra', '-Werror'],
  `-I${join(root, 'agents', 'native')}`,
];

/**
 * Path of `virtuoso-vsched`, which schedules the processes of one processor. Compiled when a source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function coreProgram(root: string = packageRoot()): string {
  return compileNative({
    output: join(root, 'dist', 'native', 'virtuoso-vsched'),
    folder: nativeFolder(root),
    sources,
    options: [...compilerOptions(root), ...hardening],
    libraries: [],
    packages: ['clang', 'linux-libc-dev'],
  });
}
