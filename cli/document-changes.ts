import { canonicalJson } from '../reconciler/model/canonical.js';
import type { FieldPath, Kind, LocatedDocument } from '../schema/validate/document.js';

/** One field that two commits write differently, or a whole document. */
export interface DocumentChange {
  kind: Kind;
  name: string;
  /** Such as `spec.members[vm-4].pin`; empty: the whole document came or went. */
  field: string;
  /** As written; left out where nothing was. Of a whole document nothing is told. */
  before?: unknown;
  after?: unknown;
  /** Where it is written, in the newer commit, or in the older one where only that has it. */
  place: { commit: 'before' | 'after'; filename: string; line: number; column: number };
}

/** In what two sets of documents differ, by kind, name and field. What only describes a document is left out. */
export function documentChanges(
  before: readonly LocatedDocument[],
  after: readonly LocatedDocument[],
): DocumentChange[] {
  const was = byObject(before);
  const is = byObject(after);
  const objects = [...new Set([...was.keys(), ...is.keys()])].sort();
  return objects.flatMap((object) => changesOf(was.get(object), is.get(object)));
}

function byObject(documents: readonly LocatedDocument[]): Map<string, LocatedDocument> {
  return new Map(documents.map((each) => [`${each.document.kind} ${each.document.metadata.name}`, each]));
}

function changesOf(was: LocatedDocument | undefined, is: LocatedDocument | undefined): DocumentChange[] {
  const known = is ?? was;
  if (known === undefined) return [];
  const { kind, metadata } = known.document;
  const place = (before: FieldPath | null, after: FieldPath | null): DocumentChange['place'] => {
    const isNew = is !== undefined && after !== null;
    const { filename, start } = isNew ? is.locate(after) : (was ?? known).locate(before ?? []);
    return { commit: isNew ? 'after' : 'before', filename, line: start.line, column: start.column };
  };
  if (was === undefined || is === undefined)
    return [{ kind, name: metadata.name, field: '', place: place(was ? [] : null, is ? [] : null) }];
  const top = { label: 'spec', before: ['spec'], after: ['spec'] };
  return differences(was.document.spec, is.document.spec, top).map(({ at, before, after }) => ({
    ...{ kind, name: metadata.name, field: at.label },
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    place: place(before === undefined ? null : at.before, after === undefined ? null : at.after),
  }));
}

/** A field: how people call it, and where it is in either document. */
interface Field {
  label: string;
  before: FieldPath;
  after: FieldPath;
}

interface Different {
  at: Field;
  before: unknown;
  after: unknown;
}

function differences(before: unknown, after: unknown, at: Field): Different[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => {
      const inner = { label: `${at.label}.${name}`, before: [...at.before, name], after: [...at.after, name] };
      return differences(before[name], after[name], inner);
    });
  }
  const was = byName(before);
  const is = byName(after);
  if (was !== null && is !== null) {
    const names = [...new Set([...was.keys(), ...is.keys()])].sort();
    return names.flatMap((name) => {
      const [from, to] = [was.get(name), is.get(name)];
      const inner = {
        label: `${at.label}[${name}]`,
        before: [...at.before, from?.index ?? 0],
        after: [...at.after, to?.index ?? 0],
      };
      return differences(from?.item, to?.item, inner);
    });
  }
  if (before === undefined && after === undefined) return [];
  const isSame = before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after);
  return isSame ? [] : [{ at, before, after }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Items of a list by what identifies them; null where something else than their order does not. */
function byName(list: unknown): Map<string, { item: unknown; index: number }> | null {
  if (!Array.isArray(list)) return null;
  const found = new Map<string, { item: unknown; index: number }>();
  for (const [index, item] of list.entries()) {
    const name = isObject(item) ? nameOf(item) : null;
    if (name === null || found.has(name)) return null;
    found.set(name, { item, index });
  }
  return found;
}

/** What identifies a member, an interface, a demand, a path within a site or between sites. */
function nameOf({ name, from, to, site, sites }: Record<string, unknown>): string | null {
  if (typeof name === 'string') return name;
  if (typeof from === 'string' && typeof to === 'string') return `${from} -> ${to}`;
  if (typeof site === 'string') return site;
  return Array.isArray(sites) ? [...sites].sort().join('--') : null;
}
