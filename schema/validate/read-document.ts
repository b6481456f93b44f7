import type { Diagnostic } from '../generated/types.js';
import { broken } from './diagnostic.js';
import type { OperatorDocument } from './document.js';
import { nearest } from './edit-distance.js';
import { isKind, kinds } from './kinds.js';
import { schemaFindings } from './schema-findings.js';
import type { YamlValue } from './yaml-value.js';

const apiVersion = 'virtuoso.dev/v1alpha1';

/** What one YAML document turned out to be. */
export type ReadDocument = { document: OperatorDocument } | { diagnostics: Diagnostic[] };

/** Whether a value is a document of a known kind that fits its schema. */
export function readDocument(yaml: YamlValue): ReadDocument {
  const { value } = yaml;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { diagnostics: [broken('VIRT2001', yaml.locate([]), 'This is no document: it has no fields.')] };
  }
  const { kind, apiVersion: version } = value as { kind?: unknown; apiVersion?: unknown };
  const diagnostics = [...kindMistake(yaml, kind), ...versionMistake(yaml, version)];
  if (!isKind(kind)) return { diagnostics };
  // The schema would report the version again.
  const findings = schemaFindings(kind, yaml).filter(({ field }) => field[0] !== 'apiVersion');
  diagnostics.push(...findings.map(({ diagnostic }) => diagnostic));
  return diagnostics.length > 0 ? { diagnostics } : { document: value as OperatorDocument };
}

function kindMistake(yaml: YamlValue, kind: unknown): Diagnostic[] {
  if (isKind(kind)) return [];
  const choice = `Kinds are ${kinds.map((each) => `\`${each}\``).join(', ')}.`;
  if (kind === undefined) return [broken('VIRT2005', yaml.locateKey([]), '`kind` is missing.', `Add it. ${choice}`)];
  const guess = nearest(String(kind), kinds);
  const detail = guess === undefined ? choice : `Did you mean \`${guess}\`? ${choice}`;
  return [broken('VIRT2003', yaml.locate(['kind']), `There is no kind \`${String(kind)}\`.`, detail)];
}

function versionMistake(yaml: YamlValue, version: unknown): Diagnostic[] {
  if (version === apiVersion || version === undefined) return [];
  return [broken('VIRT2002', yaml.locate(['apiVersion']), `The apiVersion \`${String(version)}\` is not known.`)];
}
