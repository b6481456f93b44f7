import type { Diagnostic } from '../generated/types.js';
import { broken } from './diagnostic.js';
import { maxFileBytes, type RefusedFile } from './source-file.js';

/** What to tell about a file that was not read. */
export function refusal({ path, refused, bytes, at }: RefusedFile): Diagnostic {
  const start = at ?? { line: 1, column: 1 };
  const range = { filename: path, start, end: { line: start.line, column: start.column + 1 } };
  switch (refused) {
    case 'too-large':
      return broken('VIRT1006', range, `The file has ${bytes} bytes; at most ${maxFileBytes} are read.`);
    case 'not-utf8':
      return broken('VIRT1007', range, 'The file is not UTF-8 from here on.');
    case 'symlink':
      return broken('VIRT1009', range, 'The file is a symbolic link, which is not followed.');
    case 'submodule':
      return broken('VIRT1009', range, 'This is a submodule, which is not read.');
    case 'not-a-file':
      return broken('VIRT1009', range, 'This is not a regular file.');
  }
}
