import { resolve } from 'node:path';
import { DirectorySource } from '../reconciler/adapters/directory-source.js';
import type { PlainRead } from '../reconciler/ports.js';
import { isDocumentPath } from '../schema/validate/select.js';

/** The document files of a plain directory. */
export function readDirectory(directory: string): Promise<PlainRead> {
  return new DirectorySource({ directory: resolve(directory), select: isDocumentPath }).read();
}
