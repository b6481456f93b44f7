import type { Diagnostic } from '../generated/types.js';
import { broken } from './diagnostic.js';
import type { OperatorDocument } from './document.js';
import { nearest } from './edit-distance.js';
import { isKind, kinds } from './kinds.js';
import { schemaFindings } from './schema-findings.js';
import { remainderOf } from './unusable.js';
import type { YamlValue } from './yaml-value.js';

const apiVersion = 'virtuoso.dev/v1alpha1';

/** What one YAML document turned out to be. */
export interface ReadDocument {
  diagnostics: Diagnostic[];
  /** What of it can be held against other documents; all of it when there are no diagnostics. */
  remainder?: OperatorDocument;
}

/** Reads a value as a document of a known kind. */
export function readDocument(yaml: YamlValue): ReadDocument {
  const { value } = yaml;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { diagnostics: [broken('VIRT2001', yaml.locate([]), 'This is no document: it has no fields.')] };
  }
  const { kind, apiVersion: version } = value as { kind?: unknown; apiVersion?: unknown };
  const mistakes = [...kindMistake(yaml, kind), ...versionMistake(yaml, version)];
  if (!isKind(kind)) return { diagnostics: mistakes };
  const { findings, areAll } = schemaFindings(kind, yaml);
  const remainder = areAll ? remainderOf(kind, value, findings) : undefined;
  const told = findings.filter(({ field }) => field[0] !== 'apiVersion'); // the version is told above
  const diagnostics = [...mistakes, ...told.flatMap(({ diagnostic }) => diagnostic ?? [])];
  return remainder ? { diagnostics, remainder } : { diagnostics };
}

function kindMistake(yaml: YamlValue, kind: unknown): Diagnostic[] {
  if (isKind(kind)) return [];
  const choice = `Kinds are ${kinds.map((each) => `\`${each}\``).join(', ')}.`;
  if (kind === undefined) return [broken('VIRT2005', yaml.locateKey([]), '`kind` is missing.', `Add it. ${choice}`)];
  const written = typeof kind === 'string' ? kind : JSON.stringify(kind);
  const guess = nearest(written, kinds);
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  return [broken('VIRT2003', yaml.locate(['kind']), `There is no kind \`${written.slice(0, 64)}\`.`, detail)];
}

function versionMistake(yaml: YamlValue, version: unknown): Diagnostic[] {
  if (version === apiVersion || version === undefined) return [];
  const written = typeof version === 'string' ? version : JSON.stringify(version);
  return [broken('VIRT2002', yaml.locate(['apiVersion']), `The apiVersion \`${written.slice(0, 64)}\` is not known.`)];
}
