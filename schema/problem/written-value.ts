import type { Diagnostic, Range } from '../generated/types.js';
import { broken } from '../validate/diagnostic.js';
import type { FieldPath, TextPart } from '../validate/document.js';
import { LineTable } from '../validate/line-table.js';
import { parseYaml } from '../validate/yaml-syntax.js';
import { YamlValue } from '../validate/yaml-value.js';
import { jsonFaults } from './json-syntax.js';
import { JsonValue } from './json-value.js';

/** What a text says, and where. */
export interface WrittenValue {
  value: unknown;
  locate(field: FieldPath, part?: TextPart): Range;
  locateKey(field: FieldPath): Range;
}

/** Reads JSON, which a text is that begins with a brace, or YAML; null where that is not what it is. */
export function writtenValue(path: string, text: string): { written: WrittenValue | null; diagnostics: Diagnostic[] } {
  const lines = new LineTable(path, text);
  if (isJson(text)) {
    const diagnostics = jsonFaults(text, lines);
    return { written: diagnostics.length > 0 ? null : new JsonValue(text, lines), diagnostics };
  }
  const { documents, diagnostics } = parseYaml(text, lines);
  if (diagnostics.length > 0) return { written: null, diagnostics };
  const [document] = documents;
  if (document === undefined || documents.length > 1) {
    const summary = `The file holds ${documents.length} documents.`;
    return { written: null, diagnostics: [broken('VIRT2001', lines.range(0, 1), summary, 'Write one problem.')] };
  }
  const yaml = new YamlValue(document.node, lines);
  return { written: yaml.diagnostics.length > 0 ? null : yaml, diagnostics: yaml.diagnostics };
}

export function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}
