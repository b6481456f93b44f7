import type { Kind, OperatorDocument } from './document.js';
import { isKind, validatorOf } from './kinds.js';
import type { Finding } from './schema-findings.js';

/**
 * The document without the fields that do not fit, when it fits without them: its other fields can then still be held against
 * other documents, so that one run tells all mistakes. Entries of lists stay, for positions count them.
 */
export function withoutMistakes(kind: Kind, value: object, findings: readonly Finding[]): OperatorDocument | undefined {
  const copy = structuredClone(value);
  for (const { field } of findings) {
    const last = field.at(-1);
    if (typeof last !== 'string') return undefined;
    const parent = field.slice(0, -1).reduce<unknown>(child, copy);
    if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last];
  }
  return validatorOf(kind)(copy) ? (copy as OperatorDocument) : undefined;
}

/** What a document that cannot be used seems to define: `Kind/name`, and `VM/name` for members. */
export function namesIn(value: unknown): string[] {
  const kind = child(value, 'kind');
  if (!isKind(kind)) return [];
  const members = child(child(value, 'spec'), 'members');
  const vms = kind === 'VMSet' && Array.isArray(members) ? members.map((member) => child(member, 'name')) : [];
  return [`${kind}/${String(child(child(value, 'metadata'), 'name'))}`, ...vms.map((name) => `VM/${String(name)}`)];
}

function child(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}
