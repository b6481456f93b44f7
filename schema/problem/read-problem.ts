import type { Diagnostic, PlacementProblem } from '../generated/types.js';
import type { ObjectiveRank } from '../objective/read-objective.js';
import { broken, limited, sorted } from '../validate/diagnostic.js';
import { refusal } from '../validate/refused-file.js';
import { findingsOf } from '../validate/schema-findings.js';
import { maxFileBytes, type SourceFile } from '../validate/source-file.js';
import { checkNames } from './check-names.js';
import { checkNetwork } from './check-network.js';
import { checkObjective } from './check-objective.js';
import { Findings } from './findings.js';
import { isFields, shapedProblem } from './shaped-problem.js';
import { isJson, type WrittenValue, writtenValue } from './written-value.js';

/** Larger files are not read. */
export const maxProblemBytes = 64 * 1024 * 1024;

/** A problem without mistakes; `ranks` of its objective, in the order in which they decide. */
export interface ReadProblem {
  kind: 'problem';
  problem: PlacementProblem;
  ranks: ObjectiveRank[];
}

/** Reads a problem that stands alone, or tells everything that is wrong with it, by position. */
export function readProblem(file: SourceFile): ReadProblem | { kind: 'refused'; diagnostics: Diagnostic[] } {
  if ('refused' in file)
    return refused([file.refused === 'too-large' ? tooLarge(file.path, file.bytes) : refusal(file)]);
  if (!isJson(file.text) && file.text.length > maxFileBytes) return refused([tooLarge(file.path, file.text.length)]);
  const { written, diagnostics } = writtenValue(file.path, file.text);
  return written === null ? refused(diagnostics) : readWritten(written);
}

function tooLarge(filename: string, bytes: number): Diagnostic {
  const start = { line: 1, column: 1 };
  const summary = `The file has ${bytes} bytes; at most ${maxProblemBytes} of JSON are read, or ${maxFileBytes} of YAML.`;
  return broken('VIRT1006', { filename, start, end: start }, summary, 'Leave out what does not matter, or write JSON.');
}

function readWritten(written: WrittenValue): ReturnType<typeof readProblem> {
  if (!isFields(written.value)) {
    const detail =
      'Begin with a brace, then `"format_version": "1"`; `docs/how-to/solve-a-problem.md` shows an example.';
    return refused([broken('VIRT2001', written.locate([]), 'This is no problem: it has no fields.', detail)]);
  }
  const shaped = shapedProblem(written.value);
  const findings = new Findings(written);
  findings.diagnostics.push(...findingsOf(shaped.errors, written).flatMap(({ diagnostic }) => diagnostic ?? []));
  checkNames(shaped, findings);
  checkNetwork(shaped, findings);
  const ranks = checkObjective(shaped, findings);
  if (findings.diagnostics.length > 0) return refused(findings.diagnostics);
  return { kind: 'problem', problem: written.value as unknown as PlacementProblem, ranks };
}

function refused(diagnostics: readonly Diagnostic[]): { kind: 'refused'; diagnostics: Diagnostic[] } {
  return { kind: 'refused', diagnostics: limited(sorted(diagnostics)) };
}
