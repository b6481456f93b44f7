import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folders whose code runs in production. */
export const rooms = ['schema', 'wire', 'reconciler', 'agents', 'lab', 'cli'] as const;

/** The TypeScript files under `folders` of `base` that people write, as sorted paths relative to `base`. */
export function sourceFiles(base: string, folders: readonly string[] = rooms): string[] {
  return folders
    .map((folder) => join(base, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(base, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/generated/'))
    .sort();
}
