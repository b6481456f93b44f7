import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../validate/document.js';
import { nearest } from '../validate/edit-distance.js';
import { kindSchemas, kinds, resolved, type SchemaPart } from '../validate/kinds.js';
import type { ExpressionFault } from './fault.js';
import { comprehensions, partsOf } from './syntax.js';

/** What a value may be, by schema: one of several, or (null) anything. */
type Shapes = readonly SchemaPart[] | null;
type Scope = ReadonlyMap<string, Shapes>;

const byKind: SchemaPart = {
  properties: Object.fromEntries(
    kinds.map((kind) => [kind, { type: 'array', items: kindSchemas[kind] as SchemaPart }]),
  ),
};

/** Fields that no document of the kinds can have. `object` is one of `judged`; `documents` holds lists of all kinds. */
export function fieldFaults(tree: ASTNode, judged: readonly Kind[]): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  const objects = judged.length > 0 ? judged.map((kind) => kindSchemas[kind] as SchemaPart) : null;
  const scope: Scope = new Map([
    ['object', objects],
    ['documents', [byKind]],
  ]);
  shapesOf(tree, scope, faults);
  return faults;
}

function shapesOf(node: ASTNode, scope: Scope, faults: ExpressionFault[]): Shapes {
  if (node.op === 'id') return scope.get(node.args) ?? null;
  if (node.op === '.' || node.op === '.?') {
    const [owner, name] = node.args;
    return fieldOf(shapesOf(owner, scope, faults), name, { start: node.end - name.length, end: node.end }, faults);
  }
  if (node.op === '[]' || node.op === '[?]') {
    const [owner, index] = node.args;
    const shapes = shapesOf(owner, scope, faults);
    shapesOf(index, scope, faults);
    if (index.op === 'value' && typeof index.args === 'string') return fieldOf(shapes, index.args, index, faults);
    return entriesOf(shapes);
  }
  if (node.op === 'rcall' && comprehensions.has(node.args[0])) {
    const [name, owner, [variable, ...rest]] = node.args;
    const shapes = shapesOf(owner, scope, faults);
    const inner = variable?.op === 'id' ? new Map([...scope, [variable.args, entriesOf(shapes)] as const]) : scope;
    for (const each of rest) shapesOf(each, inner, faults);
    return name === 'filter' ? shapes : null;
  }
  if (node.op === 'rcall' && node.args[0] === 'bind') return bound(node.args[2], scope, faults);
  for (const part of partsOf(node)) shapesOf(part, scope, faults);
  return null;
}

/** `cel.bind(name, value, expression)` */
function bound([variable, value, body]: ASTNode[], scope: Scope, faults: ExpressionFault[]): Shapes {
  const shapes = value ? shapesOf(value, scope, faults) : null;
  const inner = variable?.op === 'id' ? new Map([...scope, [variable.args, shapes] as const]) : scope;
  return body ? shapesOf(body, inner, faults) : null;
}

function fieldOf(
  shapes: Shapes,
  name: string,
  { start, end }: { start: number; end: number },
  faults: ExpressionFault[],
): Shapes {
  if (shapes === null || shapes.length === 0 || shapes.some(({ properties }) => properties === undefined)) return null;
  const found = shapes.flatMap(({ properties }) => {
    const part = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return part ? [resolved(part)] : [];
  });
  if (found.length > 0) return found;
  const known = [...new Set(shapes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  const guess = nearest(name, known);
  const choice = `Fields here are ${known.map((each) => `\`${each}\``).join(', ')}.`;
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  faults.push({ id: 'VIRT7004', start, end, summary: `There is no field \`${name}\` here.`, detail });
  return null;
}

function entriesOf(shapes: Shapes): Shapes {
  const found = (shapes ?? []).flatMap(({ items }) => (items ? [resolved(items)] : []));
  return found.length > 0 ? found : null;
}
