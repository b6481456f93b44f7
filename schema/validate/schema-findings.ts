import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../generated/types.js';
import { broken, maxDiagnostics } from './diagnostic.js';
import type { FieldPath, Kind } from './document.js';
import { nearest } from './edit-distance.js';
import { resolved, type SchemaPart, validatorOf } from './kinds.js';
import type { RuleId } from './rules.js';
import type { YamlValue } from './yaml-value.js';

/** One way in which a document does not fit its schema. */
export interface Finding {
  /** The field that is wrong, or should not be there, or lacks the field `missing`. */
  field: FieldPath;
  missing?: string | undefined;
  /** Null when another finding tells the same mistake. */
  diagnostic: Diagnostic | null;
}

/** Where the parts of a document are written. */
export type Places = Pick<YamlValue, 'locate' | 'locateKey'>;

interface Explanation {
  id: RuleId;
  field: FieldPath;
  missing?: string | undefined;
  /** Which end of the field to point at. */
  at: 'key' | 'value';
  summary: string;
  detail?: string;
}

/** Each field of a document that does not fit, once; not all of them when there are more than are listed for a file. */
export function schemaFindings(kind: Kind, document: YamlValue): { findings: Finding[]; areAll: boolean } {
  const validate = validatorOf(kind);
  if (validate(document.value)) return { findings: [], areAll: true };
  const errors = validate.errors ?? [];
  const considered = errors.slice(0, maxDiagnostics + 1);
  return { findings: findingsOf(considered, document), areAll: errors.length === considered.length };
}

/** What errors of schemas mean to whoever wrote the document: each field that does not fit, once. */
export function findingsOf(errors: readonly ErrorObject[], document: Places): Finding[] {
  const misspelt = new Set(errors.map(intended));
  const findings = new Map<string, Finding>();
  for (const error of errors) {
    const { id, field, missing, at, summary, detail } = explain(error);
    const key = [...field, missing ?? ''].join('/');
    if (findings.has(key)) continue;
    const isEcho = missing !== undefined && misspelt.has(`${error.instancePath}/${missing}`);
    const range = at === 'key' ? document.locateKey(field) : document.locate(field);
    findings.set(key, { field, missing, diagnostic: isEcho ? null : broken(id, range, summary, detail) });
  }
  return [...findings.values()];
}

function explain(error: ErrorObject): Explanation {
  const field = fieldOf(error.instancePath);
  const name = `\`${fieldName(field) || 'document'}\``;
  const part = (error.parentSchema ?? {}) as SchemaPart;
  const expected = `Expected: ${form(part)}`;
  const found = shown(error.data);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(field, String(params.additionalProperty), part);
    case 'required':
      return missingField(field, String(params.missingProperty), part);
    case 'type': {
      const summary = `${name} must be ${typeName(params.type)}, not ${found}.`;
      return { id: 'VIRT2006', field, at: 'value', summary, detail: expected };
    }
    case 'pattern':
      return { id: 'VIRT2007', field, at: 'value', summary: `${name} does not take ${found}.`, detail: expected };
    case 'enum':
      return notAllowed(field, name, error.data, params.allowedValues as unknown[]);
    case 'const':
      return notAllowed(field, name, error.data, [params.allowedValue]);
    case 'exclusiveMinimum':
    case 'minimum':
    case 'maximum': {
      const bound = { exclusiveMinimum: 'more than', minimum: 'at least', maximum: 'at most' }[error.keyword];
      const summary = `${name} must be ${bound} ${params.limit}, not ${found}.`;
      return { id: 'VIRT2009', field, at: 'value', summary, detail: expected };
    }
    case 'uniqueItems': {
      const summary = `${name} holds the same entry twice.`;
      return { id: 'VIRT2011', field: [...field, Number(params.i)], at: 'value', summary };
    }
    default:
      return { id: 'VIRT2010', field, at: 'value', summary: `${name} ${amount(error)}.`, detail: expected };
  }
}

/** The field that a misspelt one probably stands for: that it is missing is the same mistake. */
function intended({ keyword, instancePath, params, parentSchema }: ErrorObject): string | undefined {
  if (keyword !== 'additionalProperties') return undefined;
  const known = Object.keys((parentSchema as SchemaPart).properties ?? {});
  const guess = nearest(String(params.additionalProperty), known);
  return guess === undefined ? undefined : `${instancePath}/${guess}`;
}

function unknownField(parent: FieldPath, name: string, part: SchemaPart): Explanation {
  const known = Object.keys(part.properties ?? {});
  const guess = nearest(name, known);
  const choice = `Fields here are ${known.map((each) => `\`${each}\``).join(', ')}.`;
  const detail = guess === undefined ? `Remove it. ${choice}` : `Did you mean \`${guess}\`? ${choice}`;
  const field = [...parent, name];
  return { id: 'VIRT2004', field, at: 'key', summary: `There is no field \`${fieldName(field)}\`.`, detail };
}

function missingField(parent: FieldPath, name: string, part: SchemaPart): Explanation {
  const missing = part.properties?.[name];
  const detail = `Add \`${name}\`${missing ? `: ${lower(missing.description ?? '')} Expected: ${form(missing)}` : '.'}`;
  const summary = `\`${fieldName([...parent, name])}\` is missing.`;
  return { id: 'VIRT2005', field: parent, missing: name, at: 'key', summary, detail };
}

function notAllowed(field: FieldPath, name: string, data: unknown, allowed: unknown[]): Explanation {
  const names = allowed.map(String);
  const guess = typeof data === 'string' ? nearest(data, names) : undefined;
  const choice = `Allowed: ${names.map((each) => `\`${each}\``).join(', ')}.`;
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  return { id: 'VIRT2008', field, at: 'value', summary: `${name} cannot be ${shown(data)}.`, detail };
}

function amount({ keyword, params }: ErrorObject): string {
  const [, bound, what] = /^(min|max)(Length|Items|Properties)$/.exec(keyword) ?? [];
  if (bound === undefined || what === undefined) throw new Error(`no words for the schema keyword ${keyword}`);
  const { limit } = params as { limit: number };
  const units = { Length: ['character', 'characters'], Items: ['entry', 'entries'], Properties: ['field', 'fields'] };
  const unit = units[what as keyof typeof units][limit === 1 ? 0 : 1];
  return `must have ${bound === 'min' ? 'at least' : 'at most'} ${limit} ${unit}`;
}

/** The form that a value has to have, in words: the shared definition says more about it than the field does. */
function form(part: SchemaPart): string {
  return lower(resolved(part).description ?? 'see the reference.');
}

const lower = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

function typeName(type: unknown): string {
  const names: Record<string, string> = {
    ...{ string: 'text', number: 'a number', integer: 'a whole number', boolean: '`true` or `false`' },
    ...{ object: 'a group of fields', array: 'a list', null: 'empty' },
  };
  return [type]
    .flat()
    .map((each) => names[String(each)] ?? String(each))
    .join(' or ');
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of fields';
  if (typeof value === 'string') return `the text \`${value.length > 40 ? `${value.slice(0, 40)}...` : value}\``;
  return `\`${String(value)}\``;
}

function fieldOf(pointer: string): FieldPath {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** `spec.members[2].mac`. */
export function fieldName(field: FieldPath): string {
  return field
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
