import { join } from 'node:path';
import { compileNative } from '../../agents/vnet/compile-native.js';
import { compilerOptions, nativeFolder } from '../../agents/vsched/core-program.js';
import { packageRoot } from '../../package-root.js';

/**
 * Path of a program of this folder. Compiled when its source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function vschedProgram(name: 'stand-in' | 'sampler' | 'steal' | 'load' | 'bulk-synchronous' | 'harm'): string {
  return compileNative({
    output: join(packageRoot(), 'dist', 'native', `bench-${name}`),
    folder: join(packageRoot(), 'bench', 'vsched'),
    sources: [`${name}.c`],
    options: [...compilerOptions(), `-I${nativeFolder()}`],
    libraries: ['-lpthread'],
    packages: ['clang', 'linux-libc-dev'],
  });
}
