import { lstatSync, mkdirSync } from 'node:fs';

/**
 * Makes a folder that is this user's alone, in one where everybody may make some, so that somebody else may have been there before.
 * Undefined: it is.
 */
export function ownFolder(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0) return undefined;
  return `${path} is somebody else's, or others may look into it: remove it, and start the agent again`;
}
