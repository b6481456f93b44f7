import { resolveRef, type SchemaFile, type SchemaNode } from './read-schemas.js';

export interface PublishedSchema {
  /** Name of the file: the kind, or `document.json` for documents of any kind. */
  name: string;
  text: string;
}

/** What means the same in draft 7, which editors understand, and in the draft that the schemas are written in. */
const commonKeywords = new Set([
  ...['title', 'description', 'default', 'type', 'const', 'enum', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems', 'uniqueItems', 'items'],
  ...['minProperties', 'maxProperties', 'required', 'properties', 'additionalProperties', 'oneOf'],
]);
/** A literal key of this name would make an object look like a promise. */
const consequence = 'then';
const draft = 'http://json-schema.org/draft-07/schema#';

/**
 * For each kind that operators write, and for documents of any kind, one schema that refers to no other file. Same schemas, same
 * bytes.
 * @throws if a schema says something that draft 7 does not know
 */
export function publishedSchemas(files: SchemaFile[]): PublishedSchema[] {
  const kinds = files.filter(({ path, schema }) => path.startsWith('v1alpha1/') && schema.properties !== undefined);
  const each = kinds.map((file) => {
    const bundle = new Bundle(files);
    return published(kindOf(file), { ...bundle.copy(file, file.schema), definitions: bundle.definitions });
  });
  return [...each, published('document', anyKind(files, kinds))];
}

function published(name: string, schema: object): PublishedSchema {
  const head = { $schema: draft, $id: `https://virtuoso.dev/schema/v1alpha1/published/${name}.json` };
  return { name: `${name}.json`, text: `${JSON.stringify({ ...head, ...schema }, null, 2)}\n` };
}

const kindOf = ({ schema }: SchemaFile) => String(schema.title);

/** Chooses by `kind`, so that an editor tells and completes what the kind at hand has. */
function anyKind(files: SchemaFile[], kinds: SchemaFile[]): object {
  const bundle = new Bundle(files);
  for (const file of kinds) bundle.define(kindOf(file), file, file.schema);
  const names = kinds.map(kindOf);
  const apiVersion = kinds[0]?.schema.properties?.apiVersion;
  return {
    title: 'Document',
    description: 'A document of any kind that Virtuoso reads.',
    type: 'object',
    required: ['kind'],
    properties: { apiVersion, kind: { enum: names, description: 'What the document is.' } },
    allOf: names.map((name) => ({
      if: { properties: { kind: { const: name } }, required: ['kind'] },
      [consequence]: { $ref: `#/definitions/${name}` },
    })),
    definitions: bundle.definitions,
  };
}

/** Copies nodes into one schema, along with what they refer to. */
class Bundle {
  readonly definitions: Record<string, object> = {};
  readonly #files: SchemaFile[];

  constructor(files: SchemaFile[]) {
    this.#files = files;
  }

  define(name: string, file: SchemaFile, node: SchemaNode): void {
    if (name in this.definitions) return;
    this.definitions[name] = {};
    this.definitions[name] = this.copy(file, node);
  }

  copy(file: SchemaFile, node: SchemaNode): SchemaNode {
    if (node.$ref !== undefined) return this.#referred(file, node, node.$ref);
    const { $id, $defs, ...own } = node;
    delete (own as Record<string, unknown>).$schema;
    const unknown = Object.keys(own).find((key) => !commonKeywords.has(key));
    if (unknown !== undefined)
      throw new Error(`${file.path}: draft 7 may not know \`${unknown}\`: write what it means instead`);
    const copy: SchemaNode = { ...own };
    if (own.items) copy.items = this.copy(file, own.items);
    if (own.oneOf) copy.oneOf = own.oneOf.map((item) => this.copy(file, item));
    if (own.properties)
      copy.properties = Object.fromEntries(
        Object.entries(own.properties).map(([key, value]) => [key, this.copy(file, value)]),
      );
    if (typeof own.additionalProperties === 'object')
      copy.additionalProperties = this.copy(file, own.additionalProperties);
    return copy;
  }

  /** Draft 7 ignores what stands beside a reference. Editors show both descriptions: what the field is, and its form. */
  #referred(file: SchemaFile, { $ref: _, ...beside }: SchemaNode, ref: string): object {
    const target = resolveRef(this.#files, file, ref);
    if (target.node.properties === undefined && target.node.oneOf === undefined) {
      const inlined = this.copy(target.file, target.node);
      const description = [beside.description, inlined.description].filter(Boolean).join(' ');
      return { ...inlined, ...beside, ...(description === '' ? {} : { description }) };
    }
    this.define(target.name, target.file, target.node);
    const $ref = `#/definitions/${target.name}`;
    return Object.keys(beside).length === 0 ? { $ref } : { ...beside, allOf: [{ $ref }] };
  }
}
