import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { compileNative } from './compile-native.js';

/** Programs by the name they have after `virtuoso-`: files of agents/native, and libraries. */
const programs = {
  pulse: { sources: ['pulse.c', 'tap.c'], libraries: [], packages: [] },
  pump: { sources: ['pump.c'], libraries: ['-lssl', '-lcrypto'], packages: ['libssl-dev'] },
} as const;

export type NativeProgram = keyof typeof programs;

/** What makes a mistake in C end the program at once. */
const hardening = ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-fPIE', '-pie', '-Wl,-z,relro,-z,now'];

/**
 * Path of `virtuoso-NAME`. Compiled when a source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function nativeProgram(name: NativeProgram, root: string = packageRoot()): string {
  const { sources, libraries, packages } = programs[name];
  return compileNative({
    output: join(root, 'dist', 'native', `virtuoso-${name}`),
    folder: join(root, 'agents', 'native'),
    sources,
    options: ['-std=gnu11', '-O2', '-g', '-Wall', '-Wextra', '-Werror', ...hardening],
    libraries,
    packages: ['clang', 'linux-libc-dev', ...packages],
  });
}
