import type { Kind } from '../../schema/validate/document.js';
import { resolveRef, type SchemaFile, type SchemaNode } from '../../tools/generate/read-schemas.js';

/** A document of a kind with every field that its schema has, as far as they go together. */
export function everyField(files: SchemaFile[], kind: Kind): Record<string, unknown> {
  const file = files.find(({ schema }) => schema.title === kind);
  if (file === undefined) throw new Error(`no schema of ${kind}`);
  return sampleOf(files, file, file.schema) as Record<string, unknown>;
}

type Node = SchemaNode & { minItems?: number; maxProperties?: number };

/** Texts for patterns; each has to match the one that it is for. */
const samples = [
  ...['a', '10Mbps', '512Mi', '2', '5m', '02:56:00:00:00:01', '192.0.2.1', '192.0.2.1/24', 'eth0', '192.0.2.1:3478'],
  ...['02:56:00', '/virtuoso', 'UTC', `sha256:${'A'.repeat(43)}=`, `ssh-ed25519 ${'A'.repeat(60)}`],
  ...['VMSet/web', '2027-01-31T00:00:00Z', `sha256:${'0'.repeat(64)}`],
];

function sampleOf(files: SchemaFile[], file: SchemaFile, node: Node): unknown {
  if (node.$ref !== undefined) {
    const target = resolveRef(files, file, node.$ref);
    return sampleOf(files, target.file, target.node);
  }
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  if (node.items)
    return Array.from({ length: node.minItems ?? 1 }, (_, index) => itemOf(files, file, node.items, index));
  if (node.properties) {
    const all = Object.entries(node.properties).slice(0, node.maxProperties);
    return Object.fromEntries(all.map(([name, child]) => [name, sampleOf(files, file, child)]));
  }
  if (typeof node.additionalProperties === 'object') return { note: 'a text' };
  if (node.pattern) return samples.find((sample) => new RegExp(node.pattern ?? '').test(sample));
  const type = [node.type].flat()[0];
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  return type === 'string' ? 'a text' : (node.minimum ?? 0);
}

function itemOf(files: SchemaFile[], file: SchemaFile, items: SchemaNode | undefined, index: number): unknown {
  const item = sampleOf(files, file, items ?? {});
  return index > 0 && typeof item === 'string' ? `${item}${index}` : item;
}
