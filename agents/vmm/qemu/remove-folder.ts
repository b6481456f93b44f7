import { rmSync } from 'node:fs';

/** Undefined: the folder is gone. */
export function removeFolder(folder: string): string | undefined {
  try {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    return systemMessage(error);
  }
}

/** What a system call says that failed; anything else is a bug and thrown again. */
export function systemMessage(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return error.message;
  throw error;
}
