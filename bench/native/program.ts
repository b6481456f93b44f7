import { join } from 'node:path';
import { compileNative } from '../../agents/vnet/compile-native.js';
import { packageRoot } from '../../package-root.js';

/**
 * Path of a program of this folder. Compiled when its source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function benchProgram(name: 'messages' | 'packet-census'): string {
  const root = packageRoot();
  return compileNative({
    output: join(root, 'dist', 'native', `bench-${name}`),
    folder: join(root, 'bench', 'native'),
    sources: [`${name}.c`],
    options: ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', `-I${join(root, 'agents', 'native')}`],
    libraries: ['-lm'],
    packages: ['clang', 'linux-libc-dev'],
  });
}
