import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Accepted, type GenerationMemory, nothingAccepted } from './generation-guard.js';

/** Remembers what was accepted in a file, replaced atomically and readable by its owner alone. */
export function fileMemory(path: string): GenerationMemory {
  return {
    load: async () => {
      try {
        return parsed(path, await readFile(path, 'utf8'));
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

function parsed(path: string, text: string): Accepted {
  try {
    return JSON.parse(text) as Accepted;
  } catch {
    // Without it an older state could not be told from a newer one.
    throw new Error(`${path} is damaged: restore it, or remove it to let the next state in, whatever its generation`);
  }
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
