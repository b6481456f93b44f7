import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';

const systemIncludes = '/usr/include';

/**
 * The compiled eBPF program of the VNET core. Compiled when the sources are newer; the result runs on any little-endian machine.
 * @throws if it has to be compiled and cannot be.
 */
export function objectFile(root: string = packageRoot()): string {
  const sources = join(root, 'agents', 'native');
  const folder = join(root, 'dist', 'native');
  const object = join(folder, 'vnet.bpf.o');
  const newest = Math.max(...['vnet.bpf.c', 'vnet.h'].map((file) => statSync(join(sources, file)).mtimeMs));
  if (existsSync(object) && statSync(object).mtimeMs >= newest) return object;
  mkdirSync(folder, { recursive: true });
  // Under a name of its own, then renamed: several agents may compile at once.
  const draft = `${object}.${process.pid}`;
  compile(join(sources, 'vnet.bpf.c'), draft);
  renameSync(draft, object);
  return object;
}

function compile(source: string, object: string): void {
  // Debian keeps <asm/types.h> in a folder of the architecture, which clang does not look into for the bpf target.
  const includes = (existsSync(systemIncludes) ? readdirSync(systemIncludes) : [])
    .filter((folder) => folder.endsWith('-linux-gnu'))
    .map((folder) => `-I${join(systemIncludes, folder)}`);
  const options = ['-O2', '-g', '-Wall', '-Werror', '-target', 'bpf', '-mcpu=v3', ...includes];
  const result = spawnSync('clang', [...options, '-c', source, '-o', object], { encoding: 'utf8' });
  const remedy = 'install the compiler and headers with `apt install clang libbpf-dev linux-libc-dev`';
  if (result.error) throw new Error(`cannot compile ${source}: ${result.error.message}; ${remedy}`);
  if (result.status !== 0) throw new Error(`cannot compile ${source}; ${remedy}\n${result.stderr}`);
}
