import { AdmissionThreads } from '../reconciler/adapters/admission-threads.js';
import { rulesAmong } from '../reconciler/admit.js';
import type { Admission } from '../reconciler/ports.js';
import type { Range } from '../schema/generated/types.js';
import type { Located } from '../schema/validate/document.js';
import { printable, renderDiagnostics } from '../schema/validate/render.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { exitCodes } from './exit-codes.js';
import { readDirectory } from './read-documents.js';

/** What became of one test of a rule. */
interface TestLine {
  rule: string;
  test: string;
  passed: boolean;
  /** Empty where it passed. */
  message: string;
  range: Range;
}

/** Holds every rule of a directory to its own tests. Returns the exit code. */
export async function policyTest(directory: string, output: 'text' | 'json'): Promise<number> {
  const read = await readDirectory(directory);
  if (read.kind === 'unavailable') return fail(`${read.message}`);
  const { documents, diagnostics } = validateFiles(read.files);
  process.stderr.write(renderDiagnostics(diagnostics, 'text'));
  if (diagnostics.some(({ severity }) => severity === 'error')) return exitCodes.error;
  const rules = rulesAmong(documents);
  if (rules.length === 0) return fail(`${directory} has no AdmissionRule: they belong in policies/.`);
  const lines = await testLines(rules, new AdmissionThreads());
  const failed = lines.filter(({ passed }) => !passed).length;
  process.stdout.write(output === 'json' ? json(lines) : lines.map(text).join(''));
  const verdict = failed > 0 ? `${failed} failed` : 'all passed';
  process.stderr.write(`${directory}: ${lines.length} tests of ${rules.length} rules, ${verdict}\n`);
  return failed > 0 ? exitCodes.error : exitCodes.ok;
}

async function testLines(rules: readonly Located<'AdmissionRule'>[], admission: Admission): Promise<TestLine[]> {
  const lines: TestLine[] = [];
  for (const { document, locate } of rules) {
    const results = await admission.test(document);
    for (const [place, { passed, message }] of results.entries()) {
      const test = document.spec.tests[place]?.name ?? '';
      const range = locate(['spec', 'tests', place, 'name']);
      lines.push({ rule: document.metadata.name, test, passed, message, range });
    }
  }
  return lines;
}

function text({ rule, test, passed, message, range }: TestLine): string {
  const name = `${rule}: ${printable(test)}`;
  if (passed) return `ok    ${name}\n`;
  const { filename, start } = range;
  return `FAIL  ${name}\n    ${printable(`${filename}:${start.line}:${start.column}`)}: ${printable(message)}\n`;
}

function json(tests: readonly TestLine[]): string {
  return `${JSON.stringify({ format_version: '1', tests }, null, 2)}\n`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
