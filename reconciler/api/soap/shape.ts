import { apiId, messageSchemas } from '../message-schemas.js';

/** A part of a JSON Schema, as far as messages need it. */
interface Node {
  $id?: string;
  $ref?: string;
  $defs?: Record<string, Node>;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  required?: string[];
  properties?: Record<string, Node>;
  items?: Node;
  minItems?: number;
  maxItems?: number;
  oneOf?: Node[];
}

/** What JSON Schema and XML Schema both can say of a value. */
export type Shape = ObjectShape | ValueShape;

export interface ObjectShape {
  kind: 'object';
  /** Name of the definition; null for an object that is described in place. */
  name: string | null;
  fields: Field[];
}

export interface ValueShape {
  kind: 'value';
  type: 'string' | 'double' | 'long' | 'boolean';
  /** Names of XSD facets with their values, in the order in which XSD has them. */
  facets: [string, string][];
}

/** A member of an object: one element, or in a list any number of them. */
export interface Field {
  name: string;
  minOccurs: number;
  /** Null: without bound. One for what is no list. */
  maxOccurs: number | null;
  isNillable: boolean;
  shape: Shape;
}

const files = new Map(messageSchemas.map((schema) => [schema.$id, schema as Node]));

/** The shape of a definition, by its place: `soap.schema.json#/$defs/Measurement`. */
export function shapeAt(place: string): Shape {
  return resolve(place, apiId);
}

function resolve(ref: string, base: string): Shape {
  const url = new URL(ref, base);
  const key = url.hash.replace('#/$defs/', '');
  url.hash = '';
  const file = files.get(url.href);
  const node = key === '' ? file : file?.$defs?.[key];
  if (node === undefined) throw new Error(`${ref} names no schema of a message`);
  return shapeOf(node, url.href, key);
}

function shapeOf(node: Node, base: string, name: string | null): Shape {
  if (node.$ref !== undefined) return resolve(node.$ref, base);
  if (node.properties) {
    const required = new Set(node.required);
    const fields = Object.entries(node.properties).map(([key, child]) => field(key, child, required.has(key), base));
    return { kind: 'object', name, fields };
  }
  return { kind: 'value', type: valueType(node), facets: facets(node) };
}

function field(name: string, node: Node, isRequired: boolean, base: string): Field {
  if (node.type === 'array' && node.items) {
    const { items, minItems = 0, maxItems = null } = node;
    const shape = shapeOf(items, base, null);
    return { name, minOccurs: isRequired ? minItems : 0, maxOccurs: maxItems, isNillable: false, shape };
  }
  const isNillable = node.oneOf?.some(({ type }) => type === 'null') ?? false;
  const [inner = node] = isNillable ? (node.oneOf ?? []).filter(({ type }) => type !== 'null') : [];
  return { name, minOccurs: isRequired ? 1 : 0, maxOccurs: 1, isNillable, shape: shapeOf(inner, base, null) };
}

function valueType({ type, enum: choices, const: only }: Node): ValueShape['type'] {
  if (type === 'number') return 'double';
  if (type === 'integer') return 'long';
  if (type === 'boolean') return 'boolean';
  if (type === 'string' || choices || only !== undefined) return 'string';
  throw new Error('a message has a value that SOAP cannot carry');
}

function facets({ enum: choices, const: only, ...node }: Node): ValueShape['facets'] {
  const found: [string, unknown][] = [
    ['minLength', node.minLength],
    ['maxLength', node.maxLength],
    // XSD's expressions are anchored by themselves.
    ['pattern', node.pattern?.replace(/^\^|\$$/g, '')],
    ...(choices ?? (only === undefined ? [] : [only])).map((choice): [string, unknown] => ['enumeration', choice]),
    ['minInclusive', node.minimum],
    ['minExclusive', node.exclusiveMinimum],
    ['maxInclusive', node.maximum],
  ];
  return found.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}
