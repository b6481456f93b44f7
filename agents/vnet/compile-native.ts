import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What clang makes of sources in agents/native. */
export interface NativeTarget {
  /** Path of the result. */
  output: string;
  /** Folder of the sources. */
  folder: string;
  /** Files of the folder that are compiled; all its headers count as their sources too. */
  sources: readonly string[];
  options: readonly string[];
  libraries: readonly string[];
  /** Debian packages that a machine needs to compile it. */
  packages: readonly string[];
}

/**
 * Compiles the target if it is older than its sources; gives its path.
 * @throws if it has to be compiled and cannot be.
 */
export function compileNative(target: NativeTarget): string {
  const { output, folder, sources } = target;
  const headers = readdirSync(folder).filter((file) => file.endsWith('.h'));
  const newest = Math.max(...[...sources, ...headers].map((file) => statSync(join(folder, file)).mtimeMs));
  if (existsSync(output) && statSync(output).mtimeMs >= newest) return output;
  mkdirSync(dirname(output), { recursive: true });
  // Under a name of its own, then renamed: several agents may compile at once.
  const draft = `${output}.${process.pid}`;
  compile(target, draft);
  renameSync(draft, output);
  return output;
}

function compile(target: NativeTarget, output: string): void {
  const { folder, sources, options, libraries, packages } = target;
  const paths = sources.map((source) => join(folder, source));
  const result = spawnSync('clang', [...options, ...paths, '-o', output, ...libraries], { encoding: 'utf8' });
  const remedy = `install the compiler and headers with \`apt install ${packages.join(' ')}\``;
  const what = `cannot compile ${basename(target.output)}`;
  if (result.error) throw new Error(`${what}: ${result.error.message}; ${remedy}`);
  if (result.status !== 0) throw new Error(`${what}; ${remedy}\n${result.stderr}`);
}
