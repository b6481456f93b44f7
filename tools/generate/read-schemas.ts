import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A JSON Schema node, as far as the generators look into it. */
export interface SchemaNode {
  $id?: string;
  $ref?: string;
  $defs?: Record<string, SchemaNode>;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
  oneOf?: SchemaNode[];
}

export interface SchemaFile {
  /** Path below the schema folder, `/` between its parts. */
  path: string;
  id: string;
  schema: SchemaNode;
}

/** Reads all `*.schema.json` below `folder`, in path order. */
export function readSchemas(folder: string): SchemaFile[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.schema.json'))
    .sort();
  return paths.map((path) => {
    const schema = JSON.parse(readFileSync(join(folder, path), 'utf8')) as SchemaNode;
    if (schema.$id === undefined || schema.title === undefined) throw new Error(`${path}: $id and title are required`);
    return { path, id: schema.$id, schema };
  });
}

export interface Resolved {
  file: SchemaFile;
  /** Name for a type: the file's title or the definition's key. */
  name: string;
  node: SchemaNode;
}

/** Follows a reference, and references that are nothing but references, to what they name. */
export function resolveRef(files: SchemaFile[], from: SchemaFile, ref: string): Resolved {
  const url = new URL(ref, from.id);
  const fragment = decodeURIComponent(url.hash.replace(/^#/, ''));
  url.hash = '';
  const file = files.find((candidate) => candidate.id === url.href);
  if (file === undefined) throw new Error(`${from.path}: ${ref} names no known schema`);
  const key = fragment.replace(/^\/\$defs\//, '');
  const node = fragment === '' ? file.schema : file.schema.$defs?.[key];
  if (node === undefined) throw new Error(`${from.path}: ${ref} names no definition`);
  if (node.$ref !== undefined) return resolveRef(files, file, node.$ref);
  return { file, name: fragment === '' ? String(file.schema.title) : key, node };
}
