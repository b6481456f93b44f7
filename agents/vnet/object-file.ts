import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { compileNative } from './compile-native.js';

const systemIncludes = '/usr/include';

/**
 * A compiled eBPF object: of the VNET core, or of what lets VXLAN through NATs. Compiled when the sources are newer; the result runs on
 * any little-endian machine.
 * @throws if it has to be compiled and cannot be.
 */
export function objectFile(root: string = packageRoot(), name: 'vnet' | 'punch' = 'vnet'): string {
  return compileNative({
    output: join(root, 'dist', 'native', `${name}.bpf.o`),
    folder: join(root, 'agents', 'native'),
    sources: [`${name}.bpf.c`],
    options: bpfOptions(),
    libraries: [],
    packages: ['clang', 'libbpf-dev', 'linux-libc-dev'],
  });
}

/** How clang is told to make an eBPF object. */
export function bpfOptions(): string[] {
  // Debian keeps <asm/types.h> in a folder of the architecture, which clang does not look into for the bpf target.
  const includes = (existsSync(systemIncludes) ? readdirSync(systemIncludes) : [])
    .filter((folder) => folder.endsWith('-linux-gnu'))
    .map((folder) => `-I${join(systemIncludes, folder)}`);
  return ['-O2', '-g', '-Wall', '-Werror', '-target', 'bpf', '-mcpu=v3', ...includes, '-c'];
}
