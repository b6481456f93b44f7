import type { Diagnostic } from '../../generated/types.js';
import { printable } from '../render.js';
import { ruleOf } from '../rules.js';
import { mistakesOf, type Report } from './report.js';

/** GitHub annotates so many lines of each severity in one step; the log has all that is printed. */
const maxAnnotations = 10;

/** Workflow commands of GitHub Actions, one a line: each becomes an annotation at its line of a pull request. */
export function renderGithub(report: Report): string {
  const counts = { error: 0, warning: 0 };
  const commands = mistakesOf(report).map(({ diagnostic }) => {
    counts[diagnostic.severity] += 1;
    return command(diagnostic, counts[diagnostic.severity] <= maxAnnotations);
  });
  return [...commands, ...notices(counts)].map((line) => `${line}\n`).join('');
}

function command({ id, severity, summary, detail, range }: Diagnostic, isShown: boolean): string {
  const { filename, start, end } = range;
  // GitHub takes columns only where a mistake is within one line.
  const isWithinLine = start.line === end.line;
  const properties = {
    ...{ file: printable(filename), line: start.line },
    ...(isWithinLine ? { col: start.column, endLine: end.line, endColumn: end.column } : { endLine: lastLine(range) }),
    title: `${id}: ${ruleOf(id).title}`,
  };
  // The log shows messages alone: one that becomes no annotation says its place itself.
  const place = isShown ? '' : `${printable(filename)}:${start.line}:${start.column}: `;
  return commandLine(severity, properties, `${place}${printable(summary)}\n${printable(detail)}`);
}

/** A range that ends before the first column of a line has nothing on that line. */
function lastLine({ start, end }: Diagnostic['range']): number {
  return end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
}

function notices(counts: Record<Diagnostic['severity'], number>): string[] {
  const hidden = (['error', 'warning'] as const).flatMap((severity) => {
    const count = counts[severity] - maxAnnotations;
    return count > 0 ? [`${count} ${count === 1 ? severity : `${severity}s`}`] : [];
  });
  if (hidden.length === 0) return [];
  const text = `${hidden.join(' and ')} more are not shown as annotations: GitHub shows ${maxAnnotations} errors and ${maxAnnotations} warnings of a step. The log has them; virtuoso validate -o sarif reports all.`;
  return [commandLine('notice', { title: 'Not all mistakes are shown' }, text)];
}

function commandLine(name: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${name} ${list.join(',')}::${data(message)}`;
}

/** As GitHub's runner reads it back: a line is one command, whatever its text. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
