import { lstat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { DirectorySource } from '../reconciler/adapters/directory-source.js';
import { isDocumentPath } from '../schema/validate/select.js';
import type { SourceFile } from '../schema/validate/source-file.js';

export type DocumentsRead =
  | {
      kind: 'read';
      /** Folder that the paths of the files are relative to. */
      directory: string;
      files: SourceFile[];
    }
  | { kind: 'failed'; message: string };

/**
 * The documents that a path names: all of a repository, those of one of its folders, or one file. As in a repository, only YAML
 * files below the document folders are documents, and symbolic links are not followed.
 */
export async function readDocuments(path: string): Promise<DocumentsRead> {
  const absolute = resolve(path);
  const entry = await lstat(absolute).catch((error: Error) => error);
  if (entry instanceof Error) return failed(`${path} cannot be read (${entry.message}): check the path`);
  if (entry.isSymbolicLink()) return failed(`${path} is a symbolic link, which is not followed: name what it leads to`);
  if (entry.isFile()) return oneFile(path, absolute);
  if (!entry.isDirectory()) return failed(`${path} is neither a file nor a directory: name a document or a folder`);
  const all = await selected(absolute, isDocumentPath);
  if (all.kind === 'failed' || all.files.length > 0) return all;
  const folder = placeInRepository(`${absolute}/document.yaml`);
  if (folder === undefined) return failed(nothingIn(path));
  const within = await selected(absolute, (name) => isDocumentPath(`${dirname(folder)}/${name}`));
  return within.kind === 'failed' || within.files.length > 0 ? within : failed(nothingIn(path));
}

const nothingIn = (path: string) =>
  `${path} has no documents: they are the .yaml and .yml files in inventory/, desired/ and policies/`;

async function oneFile(path: string, absolute: string): Promise<DocumentsRead> {
  if (placeInRepository(absolute) === undefined)
    return failed(`${path} is no document: documents are .yaml and .yml files in inventory/, desired/ and policies/`);
  const name = basename(absolute);
  return selected(dirname(absolute), (each) => each === name);
}

async function selected(directory: string, select: (path: string) => boolean): Promise<DocumentsRead> {
  const read = await new DirectorySource({ directory, select }).read();
  return read.kind === 'unavailable' ? failed(read.message) : { kind: 'read', directory, files: [...read.files] };
}

/** Where a document stands below the top of its repository; undefined if its path makes it none. */
function placeInRepository(absolute: string): string | undefined {
  const parts = absolute.split('/');
  const places = parts.map((_, start) => parts.slice(start).join('/'));
  return places.findLast(isDocumentPath);
}

function failed(message: string): DocumentsRead {
  return { kind: 'failed', message };
}
