import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type Replaced =
  | { kind: 'replaced' }
  /** Somebody else has written it since it was read, or it is no plain file any more. */
  | { kind: 'changed' };

/**
 * Puts another content in the place of a file's, at once: who reads it sees the old content or the new one. Mode and owner stay.
 * @param before the file's content so far; another one is left alone
 * @throws when the system refuses; the file is then as it was
 */
export async function replaceFile(path: string, before: string, after: string): Promise<Replaced> {
  const found = await contentOf(path);
  if (found === null || found.text !== before) return { kind: 'changed' };
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(after);
      const own = await file.stat();
      if (own.uid !== found.stats.uid || own.gid !== found.stats.gid)
        await file.chown(found.stats.uid, found.stats.gid);
      await file.chmod(found.stats.mode & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    const now = await lstat(path);
    if (!isSame(found.stats, now)) return { kind: 'changed' };
    await rename(temporary, path);
    return { kind: 'replaced' };
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What a plain file holds; null for anything else. */
async function contentOf(path: string): Promise<{ text: string; stats: Stats } | null> {
  if (!(await lstat(path)).isFile()) return null;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stats = await file.stat();
    return { text: new TextDecoder().decode(await file.readFile()), stats };
  } finally {
    await file.close();
  }
}

function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs;
}
