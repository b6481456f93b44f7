import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { maxFileBytes, type SourceFile, sourceFile } from '../../schema/validate/source-file.js';
import type { PlainRead, Source } from '../ports.js';
import { oversize } from './source-limits.js';

export interface DirectorySourceOptions {
  directory: string;
  /** Whether a path, relative to the directory, is a document's. A folder with documents has to accept `document.yaml`. */
  select: (path: string) => boolean;
}

interface Found {
  path: string;
  bytes: number;
  type: 'file' | 'symlink' | 'submodule' | 'special';
}

/** Documents of a plain directory as they are now, committed or not. Symbolic links are not followed. */
export class DirectorySource implements Source {
  readonly #options: DirectorySourceOptions;

  constructor(options: DirectorySourceOptions) {
    this.#options = options;
  }

  async read(): Promise<PlainRead> {
    const { directory } = this.#options;
    try {
      return await this.#read();
    } catch (error) {
      // The file system throws for a directory that is absent, closed to us, or changes while it is read; anything else is a bug.
      if (!(error instanceof Error && 'code' in error)) throw error;
      return unavailable(
        `${directory} cannot be read (${error.message}): check that it is a directory that may be read`,
      );
    }
  }

  async #read(): Promise<PlainRead> {
    const { directory, select } = this.#options;
    const found = await documentsBelow(directory, '', select);
    found.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))); // as git sorts paths
    const special = found.find((each) => each.type === 'special');
    if (special) return unavailable(`${join(directory, special.path)} is a device, pipe or socket: remove it`);
    const problem = oversize(found);
    if (problem !== null) return unavailable(`${directory}: ${problem}`);
    const files: SourceFile[] = [];
    for (const each of found) files.push(await sourceFileOf(directory, each));
    return { kind: 'documents', source: directory, files };
  }
}

/** Folders in which not even `document.yaml` is a document's name are not entered. */
async function documentsBelow(
  directory: string,
  folder: string,
  select: (path: string) => boolean,
  found: Found[] = [],
): Promise<Found[]> {
  for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const mayHold = select(`${path}/document.yaml`);
    if (entry.isDirectory()) {
      if (!mayHold) continue;
      if (await isRepository(join(directory, path))) found.push({ path, bytes: 0, type: 'submodule' });
      else await documentsBelow(directory, path, select, found);
    } else if (select(path) || (entry.isSymbolicLink() && mayHold)) {
      const type = entry.isSymbolicLink() ? 'symlink' : entry.isFile() ? 'file' : 'special';
      found.push({ path, bytes: (await lstat(join(directory, path))).size, type });
    }
  }
  return found;
}

async function isRepository(directory: string): Promise<boolean> {
  return (await readdir(directory)).includes('.git');
}

async function sourceFileOf(directory: string, { path, bytes, type }: Found): Promise<SourceFile> {
  if (type === 'symlink' || type === 'submodule') return { path, refused: type, bytes };
  if (bytes > maxFileBytes) return { path, refused: 'too-large', bytes };
  // Between the look and the opening the file may have become a link or grown.
  const file = await open(join(directory, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const content = Buffer.alloc(maxFileBytes + 1);
    const { bytesRead } = await file.read(content, 0, content.length, 0);
    return sourceFile(path, content.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function unavailable(message: string): PlainRead {
  return { kind: 'unavailable', message };
}
