import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Accepted, type GenerationMemory, nothingAccepted } from './generation-guard.js';

/** Remembers the accepted generation in a file, replaced atomically. */
export function fileMemory(path: string): GenerationMemory {
  return {
    load: async () => {
      try {
        return JSON.parse(await readFile(path, 'utf8')) as Accepted;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothingAccepted;
        throw error;
      }
    },
    save: async (accepted) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, JSON.stringify(accepted), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
  };
}

/** Remembers for as long as the process lives: for emulated hosts and tests. */
export function processMemory(): GenerationMemory {
  let current = nothingAccepted;
  return {
    load: async () => current,
    save: async (accepted) => {
      current = accepted;
    },
  };
}
