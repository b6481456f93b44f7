import type { Diagnostic, Position, Range } from '../generated/types.js';
import { printable } from './render.js';
import { type RuleId, rules } from './rules.js';

/** More mistakes than this are not listed for one file, nor looked for in one document: each costs time. */
export const maxDiagnostics = 100;

/** A broken rule at a place; `detail` defaults to the rule's general remedy. What documents say in it is made harmless to look at. */
export function broken(id: RuleId, range: Range, summary: string, detail: string = rules[id].remedy): Diagnostic {
  return { id, severity: 'error', summary: printable(summary), detail: printable(detail), range };
}

/** By file, then position, then rule. */
export function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compare(a.range.filename, b.range.filename) ||
      comparePositions(a.range.start, b.range.start) ||
      compare(a.id, b.id),
  );
}

/** Leaves out what a file has beyond the limit; the list is sorted by file. */
export function limited(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const counts = new Map<string, number>();
  return diagnostics.flatMap((diagnostic) => {
    const { filename } = diagnostic.range;
    const count = (counts.get(filename) ?? 0) + 1;
    counts.set(filename, count);
    if (count <= maxDiagnostics) return [diagnostic];
    const summary = `More than ${maxDiagnostics} mistakes are in this file; those from here on are not listed.`;
    return count === maxDiagnostics + 1 ? [broken('VIRT1015', diagnostic.range, summary)] : [];
  });
}

function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
