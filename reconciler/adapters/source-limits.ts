import { maxFileBytes } from '../../schema/validate/source-file.js';

/** What one read of a source may take into memory. */
const maxFiles = 20_000;
/** What is written takes up to fifty times as much as what is made of it, and a second or more for each MiB. */
const maxTotalBytes = 8 * 1024 * 1024;

/** Why these files are too much for one source; null when they are not. Files that are too large by themselves do not count. */
export function oversize(files: readonly { path: string; bytes: number }[]): string | null {
  if (files.length > maxFiles) return `${files.length} documents are more than ${maxFiles}: split the repository`;
  const bytes = files.reduce((sum, file) => sum + (file.bytes > maxFileBytes ? 0 : file.bytes), 0);
  return bytes > maxTotalBytes
    ? `documents of ${bytes} bytes are more than ${maxTotalBytes}: split the repository`
    : null;
}
