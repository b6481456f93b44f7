import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { compileNative } from './compile-native.js';

const pumpParts = [
  ...['accept', 'address', 'arguments', 'connect', 'connection', 'file', 'hello', 'http', 'listen', 'lock', 'loop'],
  ...['record', 'socket', 'status', 'tables', 'tls', 'upgrade', 'wait', 'websocket'],
];
const pumpSources = ['pump.c', ...pumpParts.map((part) => `pump-${part}.c`), 'tap.c'];

/** Programs by the name they have after `virtuoso-`: files of agents/native, and libraries. */
const programs = {
  pulse: { sources: ['pulse.c', 'tap.c'], libraries: [], packages: [] },
  pump: { sources: pumpSources, libraries: ['-lssl', '-lcrypto'], packages: ['libssl-dev'] },
  stun: { sources: ['stun.c', 'stun-message.c', 'pump-address.c', 'pump-file.c'], libraries: [], packages: [] },
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
    options: ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-g', '-Wall', '-Wextra', '-Werror', ...hardening],
    libraries,
    packages: ['clang', 'linux-libc-dev', ...packages],
  });
}
