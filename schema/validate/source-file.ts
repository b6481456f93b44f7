import type { Position } from '../generated/types.js';

/** Files over this size are not read: no repository that people write has one. */
export const maxFileBytes = 1024 * 1024;

/** A file of a repository, or why it was not read. */
export type SourceFile =
  | {
      /** Relative to the repository's root, `/` between its parts. */
      path: string;
      text: string;
    }
  | RefusedFile;

export interface RefusedFile {
  path: string;
  refused: 'too-large' | 'not-utf8' | 'symlink' | 'submodule' | 'not-a-file';
  /** Its size; 0 where that means nothing. */
  bytes: number;
  /** First byte that is no UTF-8, where that is the reason. */
  at?: Position;
}

/** A file from its content: text, unless it is too large or is not UTF-8. */
export function sourceFile(path: string, content: Uint8Array, maxBytes: number = maxFileBytes): SourceFile {
  if (content.length > maxBytes) return { path, refused: 'too-large', bytes: content.length };
  const text = decoded(content);
  return text === undefined
    ? { path, refused: 'not-utf8', bytes: content.length, at: firstInvalid(content) }
    : { path, text };
}

function decoded(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined; // a TypeError is how the decoder says that the bytes are no UTF-8
  }
}

/** Position of the first byte that is no UTF-8: the longest prefix that decodes ends there. */
function firstInvalid(content: Uint8Array): Position {
  let valid = 0;
  let invalid = content.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    // An incomplete character at the end of a prefix is no error yet, hence `stream`.
    if (isPrefix(content.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  const lines = new TextDecoder('utf-8').decode(content.subarray(0, valid), { stream: true }).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function isPrefix(content: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content, { stream: true });
    return true;
  } catch {
    return false;
  }
}
