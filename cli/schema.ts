import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { Kind } from '../schema/validate/document.js';
import { exitCodes } from './exit-codes.js';

/** Prints the JSON Schema of one kind of document, or of documents of any kind, for editors and other tools. */
export async function schema(kind: Kind | undefined): Promise<number> {
  process.stdout.write(await publishedSchema(kind));
  return exitCodes.ok;
}

/** A schema that refers to no other file, as it is shipped: draft 7, which editors understand. */
export function publishedSchema(kind?: Kind): Promise<string> {
  return readFile(join(packageRoot(), 'schema', 'generated', 'published', `${kind ?? 'document'}.json`), 'utf8');
}
