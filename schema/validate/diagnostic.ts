import type { Diagnostic, Position, Range } from '../generated/types.js';
import { type RuleId, rules } from './rules.js';

/** More mistakes than this are not listed for one file, nor looked for in one document: each costs time. */
export const maxDiagnostics = 100;

/** A broken rule at a place; `detail` defaults to the rule's general remedy. */
export function broken(id: RuleId, range: Range, summary: string, detail: string = rules[id].remedy): Diagnostic {
  return { id, severity: 'error', summary, detail, range };
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

function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
