import type { Diagnostic } from '../../generated/types.js';
import { ruleOf } from '../rules.js';
import { mistakesOf, type Report, type ReportedMistake } from './report.js';

/** More results in one run are not taken in by those who show them, GitHub among them. */
const maxResults = 25_000;

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * A SARIF 2.1.0 log with one run.
 * @param version of Virtuoso, as in its package
 */
export function renderSarif(report: Report, version: string): string {
  const all = mistakesOf(report);
  const shown = all.slice(0, maxResults);
  const ids = [...new Set(shown.map(({ diagnostic }) => diagnostic.id))].sort();
  const ruleIndices = new Map(ids.map((id, index) => [id, index]));
  const run = {
    tool: { driver: { name: 'Virtuoso', semanticVersion: version, rules: ids.map(rule) } },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(all.length - shown.length) }],
    results: shown.map((mistake) => result(mistake, ruleIndices)),
  };
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function rule(id: string): object {
  const { title, remedy } = ruleOf(id);
  return { id, shortDescription: { text: `${title}.` }, help: { text: remedy } };
}

function result({ diagnostic, fingerprint }: ReportedMistake, ruleIndices: ReadonlyMap<string, number>): object {
  const { id, severity, summary, detail, range } = diagnostic;
  return {
    ruleId: id,
    ruleIndex: ruleIndices.get(id),
    level: severity,
    message: { text: `${summary} ${detail}` },
    locations: [{ physicalLocation: physicalLocation(range) }],
    partialFingerprints: { 'fieldOfDocument/v1': fingerprint },
  };
}

function physicalLocation({ filename, start, end }: Diagnostic['range']): object {
  return {
    artifactLocation: { uri: uriOf(filename), uriBaseId: '%SRCROOT%' },
    region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
  };
}

/** A relative reference; half of a surrogate pair has no encoding, and stands for a character that was no UTF-8. */
function uriOf(path: string): string {
  const wellFormed = path.replace(/\p{Surrogate}/gu, '\ufffd');
  return wellFormed.split('/').map(encodeURIComponent).join('/');
}

function notifications(cut: number): object[] {
  if (cut === 0) return [];
  const text = `${cut} more ${cut === 1 ? 'mistake is' : 'mistakes are'} not in this log, which holds ${maxResults} results. Correct these, then validate again.`;
  return [{ level: 'warning', message: { text } }];
}
