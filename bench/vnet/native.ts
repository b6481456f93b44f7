import { join } from 'node:path';
import { compileNative } from '../../agents/vnet/compile-native.js';
import { packageRoot } from '../../package-root.js';

/**
 * Path of a measuring program of this folder. Compiled when its source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function measuringProgram(name: 'echo' | 'numbered'): string {
  return compileNative({
    output: join(packageRoot(), 'dist', 'native', `bench-${name}`),
    folder: join(packageRoot(), 'bench', 'vnet'),
    sources: [`${name}.c`],
    options: ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'],
    libraries: [],
    packages: ['clang', 'linux-libc-dev'],
  });
}
