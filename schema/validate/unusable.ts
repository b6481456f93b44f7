import type { FieldPath, Kind, OperatorDocument } from './document.js';
import { isKind, partAt, type SchemaPart } from './kinds.js';
import type { Finding } from './schema-findings.js';

/**
 * The document with every field that does not fit taken out or, where it is required, replaced by a stand-in, so that one run tells
 * also what is wrong with its other fields. Undefined when too little is left of it.
 */
export function remainderOf(kind: Kind, value: object, findings: readonly Finding[]): OperatorDocument | undefined {
  const copy = unshared(value) as object;
  let standIns = 0;
  for (const { field, missing } of findings) {
    const at = missing === undefined ? field : [...field, missing];
    const [last, parent] = [at.at(-1), at.slice(0, -1).reduce<unknown>(child, copy)];
    const part = partAt(kind, at);
    if (last === undefined || typeof parent !== 'object' || parent === null) return undefined;
    if (part && isHarmless(part, child(parent, last))) continue;
    const isRequired = typeof last === 'number' || partAt(kind, at.slice(0, -1))?.required?.includes(String(last));
    const substitute = isRequired && part ? standIn(part, ++standIns) : undefined;
    if (isRequired && substitute === undefined) return undefined;
    if (substitute === undefined) delete (parent as Record<string, unknown>)[last];
    else (parent as Record<string, unknown>)[last] = substitute;
  }
  return copy as OperatorDocument;
}

/** A copy in which what aliases stand for is there as often as they are: what is taken out in one place stays in the other. */
function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unshared(inner)]));
}

/** Names that no document can have: nothing is said about what they refer to. */
export function isStandIn(name: string): boolean {
  return name.startsWith('?');
}

/** Too many or too few entries still are entries. */
function isHarmless({ type }: SchemaPart, value: unknown): boolean {
  if (Array.isArray(value)) return type === 'array';
  return type === 'object' && typeof value === 'object' && value !== null;
}

function standIn({ type, pattern, enum: allowed, const: only }: SchemaPart, count: number): unknown {
  if (only !== undefined) return only;
  if (allowed) return allowed[0];
  if (type === 'integer') return -count;
  if (pattern === undefined) return undefined;
  const quantity = pattern.startsWith('^[0-9]{') ? ['1', '1Mbps', '1Mi', '1s'] : [];
  return quantity.find((each) => new RegExp(pattern).test(each)) ?? `?${count}`;
}

/** What a document that cannot be used seems to define: `Kind/name`, and `VM/name` for members. */
export function namesIn(value: unknown): string[] {
  const kind = child(value, 'kind');
  if (!isKind(kind)) return [];
  const members = child(child(value, 'spec'), 'members');
  const vms = kind === 'VMSet' && Array.isArray(members) ? members.map((member) => child(member, 'name')) : [];
  return [`${kind}/${String(child(child(value, 'metadata'), 'name'))}`, ...vms.map((name) => `VM/${String(name)}`)];
}

function child(value: unknown, key: FieldPath[number]): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}
