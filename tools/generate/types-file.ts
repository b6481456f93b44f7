import { compile } from 'json-schema-to-typescript';
import { resolveRef, type SchemaFile, type SchemaNode } from './read-schemas.js';

/**
 * One TypeScript file with a type for every object and union of every schema. The files are joined into one schema first, so
 * that a definition used by several gets one type; strings and numbers are written in place.
 */
export async function typesFile(files: SchemaFile[]): Promise<string> {
  const joined: Record<string, SchemaNode> = {};
  for (const file of files) {
    if (isNamed(file.schema)) add(joined, String(file.schema.title), inline(files, file, file.schema), file);
    for (const [key, node] of Object.entries(file.schema.$defs ?? {})) {
      if (node.$ref === undefined && isNamed(node)) add(joined, key, inline(files, file, node), file);
    }
  }
  const root = { title: 'Schemas', type: 'object', additionalProperties: false, $defs: joined };
  const text = await compile(root as Parameters<typeof compile>[0], 'Schemas', {
    bannerComment: '// Generated from schema/**/*.schema.json by `npm run generate`. Do not edit.',
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  return text
    .replace(/export interface Schemas \{\}\n/, '')
    .replace(
      /^(?:\/\*\*\n)? \* This interface was referenced by `Schemas`'s JSON-Schema\n \* via the `definition` ".*"\.\n/gm,
      '',
    )
    .replace(/^ \*\n \*\/$/gm, ' */');
}

function add(joined: Record<string, SchemaNode>, name: string, node: SchemaNode, file: SchemaFile): void {
  if (joined[name] !== undefined) throw new Error(`${file.path}: the name ${name} is taken by another schema`);
  joined[name] = node;
}

/** Objects with properties, and unions, become types of their own. */
function isNamed(node: SchemaNode): boolean {
  return node.oneOf !== undefined || node.properties !== undefined;
}

/** Copies a node with references pointing into the joined schema, or replaced by what they name where that is no type. */
function inline(files: SchemaFile[], file: SchemaFile, node: SchemaNode): SchemaNode {
  if (node.$ref !== undefined) {
    const target = resolveRef(files, file, node.$ref);
    if (isNamed(target.node)) return { $ref: `#/$defs/${target.name}` };
    return {
      ...inline(files, target.file, target.node),
      ...(node.description ? { description: node.description } : {}),
    };
  }
  const copy: SchemaNode = { ...node };
  for (const key of ['$id', '$defs', 'title', 'pattern', 'default'] as const) delete copy[key];
  delete (copy as Record<string, unknown>).$schema;
  if (node.items) copy.items = inline(files, file, node.items);
  if (node.oneOf) copy.oneOf = node.oneOf.map((item) => inline(files, file, item));
  if (node.properties) copy.properties = mapValues(node.properties, (item) => inline(files, file, item));
  if (typeof node.additionalProperties === 'object')
    copy.additionalProperties = inline(files, file, node.additionalProperties);
  return copy;
}

function mapValues<T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
