import type { Diagnostic, Diagnostics } from '../generated/types.js';

/** Diagnostics for people or for programs; ends with a newline unless it is empty. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], format: 'text' | 'json'): string {
  if (format === 'json') {
    const report: Diagnostics = { format_version: '1', diagnostics: [...diagnostics] };
    return `${JSON.stringify(report, null, 2)}\n`;
  }
  return diagnostics.map(lines).join('');
}

function lines({ id, severity, summary, detail, range }: Diagnostic): string {
  const { line, column } = range.start;
  return `${printable(`${range.filename}:${line}:${column}`)}: ${severity} ${id}: ${printable(summary)}\n    ${printable(detail)}\n`;
}

/** Documents are others' words: no escape sequence in them may reach a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
