import { open } from 'node:fs/promises';

/** The count stands near the end of the file. */
const mostBytes = 4096;

/**
 * What an application has counted, of a file that it writes: the last number there, alone in its line. Undefined if there is none, or no such
 * file yet.
 */
export async function countIn(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - mostBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, from);
    const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
    const last = lines.findLast((line) => /^\s*[0-9]{1,15}(\.[0-9]{1,9})?\s*$/.test(line));
    return last === undefined ? undefined : Number(last);
  } finally {
    await file.close();
  }
}
