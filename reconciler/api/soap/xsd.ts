import type { Field, ObjectShape, Shape, ValueShape } from './shape.js';
import { element } from './xml-text.js';

/** An XML Schema of elements that each have a shape, with a type for every definition among their parts. Same shapes, same bytes. */
export function xsd(namespace: string, elements: readonly (readonly [string, ObjectShape])[]): string {
  const types = new Map<string, ObjectShape>();
  for (const [, shape] of elements) collect(shape, types);
  const named = [...types.keys()].sort().flatMap((name) => {
    const shape = types.get(name);
    return shape ? [element('xsd:complexType', { name }, sequence(shape))] : [];
  });
  const roots = elements.map(([name, shape]) => typed('xsd:element', { name }, shape));
  return element(
    'xsd:schema',
    { 'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema', targetNamespace: namespace, elementFormDefault: 'qualified' },
    [...named, ...roots].join(''),
  );
}

function collect(shape: Shape, types: Map<string, ObjectShape>): void {
  if (shape.kind === 'value') return;
  if (shape.name !== null) types.set(shape.name, shape);
  for (const field of shape.fields) collect(field.shape, types);
}

function sequence({ fields }: ObjectShape): string {
  return element('xsd:sequence', {}, fields.map(member).join(''));
}

function member({ name, minOccurs, maxOccurs, isNillable, shape }: Field): string {
  const attributes = {
    name,
    ...(minOccurs === 1 ? {} : { minOccurs: String(minOccurs) }),
    ...(maxOccurs === 1 ? {} : { maxOccurs: maxOccurs === null ? 'unbounded' : String(maxOccurs) }),
    ...(isNillable ? { nillable: 'true' } : {}),
  };
  return typed('xsd:element', attributes, shape);
}

function typed(tag: string, attributes: Record<string, string>, shape: Shape): string {
  if (shape.kind === 'value' && shape.facets.length === 0) {
    return element(tag, { ...attributes, type: `xsd:${shape.type}` });
  }
  if (shape.kind === 'value') return element(tag, attributes, element('xsd:simpleType', {}, restriction(shape)));
  if (shape.name !== null) return element(tag, { ...attributes, type: `tns:${shape.name}` });
  return element(tag, attributes, element('xsd:complexType', {}, sequence(shape)));
}

function restriction({ type, facets }: ValueShape): string {
  const list = facets.map(([facet, value]) => element(`xsd:${facet}`, { value }));
  return element('xsd:restriction', { base: `xsd:${type}` }, list.join(''));
}
