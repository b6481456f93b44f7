import { describe, expect, it } from 'vitest';
import { readSchemas, type SchemaNode } from '../../tools/generate/read-schemas.js';

/** Paths of all fields of a schema node, with whether they are described. */
function fields(node: SchemaNode, path: string): { path: string; isDescribed: boolean }[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
    { path: `${path}.${key}`, isDescribed: (child.description ?? '').length > 2 },
    ...fields(child, `${path}.${key}`),
  ]);
  const inner = [node.items, ...(node.oneOf ?? [])].flatMap((child) => (child ? fields(child, `${path}[]`) : []));
  const definitions = Object.entries(node.$defs ?? {}).flatMap(([key, child]) => fields(child, `${path}#${key}`));
  return [...own, ...inner, ...definitions];
}

describe('schemas', () => {
  const schemas = readSchemas('schema');

  it('describe every field', () => {
    const all = schemas.flatMap(({ path, schema }) => fields(schema, path));
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter(({ isDescribed }) => !isDescribed).map(({ path }) => path)).toEqual([]);
  });

  it('admit no unknown field in any object', () => {
    const open = (node: SchemaNode, path: string): string[] => [
      ...(node.properties && node.additionalProperties === undefined ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => open(child, `${path}.${key}`)),
      ...Object.entries(node.$defs ?? {}).flatMap(([key, child]) => open(child, `${path}#${key}`)),
      ...[node.items, ...(node.oneOf ?? [])].flatMap((child) => (child ? open(child, `${path}[]`) : [])),
    ];
    expect(schemas.flatMap(({ path, schema }) => open(schema, path))).toEqual([]);
  });
});
