import type { XmlElement } from './read-xml.js';
import type { ObjectShape, Shape } from './shape.js';
import { element, escaped } from './xml-text.js';

/** Members of an object as elements, in the order of its shape. The value has that shape. */
export function membersXml(shape: ObjectShape, value: object): string {
  const members = value as Record<string, unknown>;
  return shape.fields
    .flatMap((field) => {
      const member = members[field.name];
      if (member === undefined) return [];
      const isList = Array.isArray(member);
      return (isList ? member : [member]).map((each) => valueXml(field.name, field.shape, each));
    })
    .join('');
}

function valueXml(name: string, shape: Shape, value: unknown): string {
  if (value === null) return element(name, { 'xsi:nil': 'true' });
  if (shape.kind === 'object') return element(name, {}, membersXml(shape, value as object));
  return `<${name}>${escaped(String(value))}</${name}>`;
}

export type ValueRead = { kind: 'value'; value: Record<string, unknown> } | { kind: 'malformed'; message: string };

/** An object of a shape from an element of `namespace`; whether its values are right is for the JSON Schema to say. */
export function readMembers(shape: ObjectShape, { name, children, text }: XmlElement, namespace: string): ValueRead {
  if (text.trim() !== '') return { kind: 'malformed', message: `The element ${name} has text of its own: remove it.` };
  const value: Record<string, unknown> = {};
  for (const child of children) {
    const field = shape.fields.find((each) => each.name === child.name);
    if (field === undefined || child.namespace !== namespace) {
      const fields = shape.fields.map((each) => each.name).join(', ') || 'none';
      const message = `The element ${child.name} does not belong into ${name}: those of ${namespace} are ${fields}.`;
      return { kind: 'malformed', message };
    }
    if (child.children.length > 0 || field.shape.kind === 'object') {
      return { kind: 'malformed', message: `The element ${child.name} in ${name} may hold text only.` };
    }
    const member = parsed(field.shape.type, child.text.trim());
    const known = value[field.name];
    if (field.maxOccurs === 1 && known !== undefined) {
      return { kind: 'malformed', message: `The element ${child.name} is in ${name} more than once.` };
    }
    if (Array.isArray(known)) known.push(member);
    else value[field.name] = field.maxOccurs === 1 ? member : [member];
  }
  return { kind: 'value', value };
}

/** Text that is no number stays text, so that the schema refuses it. */
function parsed(type: 'string' | 'double' | 'long' | 'boolean', text: string): unknown {
  if (type === 'boolean')
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (type === 'string' || !/^[+-]?[0-9]+(\.[0-9]+)?$/.test(text)) return text;
  return Number(text);
}
