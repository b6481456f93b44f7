import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Formatted, formatText } from '../schema/format/format-text.js';
import { refusal } from '../schema/validate/refused-file.js';
import { printable, renderDiagnostics } from '../schema/validate/render.js';
import { type SourceFile, sourceFile } from '../schema/validate/source-file.js';
import { readDocuments } from './document-paths.js';
import { exitCodes } from './exit-codes.js';
import { lineDiff } from './line-diff.js';
import { replaceFile } from './replace-file.js';

export interface FmtOptions {
  /** Repositories, folders of them, or documents; `-` alone is standard input. */
  paths: string[];
  /** Say what would change, and change nothing. */
  check: boolean;
}

/** Lines of a difference that are shown of one file. */
const mostLines = 40;

interface Tally {
  files: number;
  changed: number;
  failed: number;
}

/** Gives documents their canonical form; exit code 1 where one has none, or with `check` is in another. */
export async function fmt({ paths, check }: FmtOptions): Promise<number> {
  if (paths.includes('-')) return paths.length === 1 ? formatInput(check) : fail('- is standard input: name it alone.');
  const tally: Tally = { files: 0, changed: 0, failed: 0 };
  for (const path of paths) {
    const read = await readDocuments(path);
    if (read.kind === 'failed') return fail(`${read.message}.`);
    for (const file of read.files) {
      const shown = relative('', join(read.directory, file.path));
      await formatFile({ ...file, path: shown }, check, tally);
    }
  }
  process.stderr.write(`${verdict(tally, check, paths)}\n`);
  return tally.failed > 0 || (check && tally.changed > 0) ? exitCodes.error : exitCodes.ok;
}

async function formatFile(file: SourceFile, check: boolean, tally: Tally): Promise<void> {
  tally.files += 1;
  const text = formatted(file);
  if (text === null) tally.failed += 1;
  if (text === null || !('text' in file) || text === file.text) return;
  if (check) {
    tally.changed += 1;
    const lines = [file.path, ...lineDiff(file.text, text, mostLines)];
    process.stdout.write(`${lines.map(printable).join('\n')}\n`);
    return;
  }
  const { kind } = await replaceFile(file.path, file.text, text);
  if (kind === 'replaced') {
    tally.changed += 1;
    process.stdout.write(`${printable(file.path)}\n`);
  } else {
    tally.failed += 1;
    fail(`${file.path} was written by somebody else meanwhile, and is left alone: format it again.`);
  }
}

/** Standard input in canonical form on standard output, for editors. Nothing is written where it has none. */
async function formatInput(check: boolean): Promise<number> {
  const file = sourceFile('-', await buffer(process.stdin));
  const text = formatted(file);
  if (text === null) return exitCodes.error;
  if (!check) process.stdout.write(text);
  const isChanged = 'text' in file && file.text !== text;
  return check && isChanged ? fail('the text is not in canonical form.') : exitCodes.ok;
}

/** The text of a file in canonical form; null if it has none, which is told. */
function formatted(file: SourceFile): string | null {
  if ('refused' in file) {
    process.stderr.write(renderDiagnostics([refusal(file)], 'text'));
    return null;
  }
  const done = formatText(file.path, file.text);
  if (done.kind === 'formatted') return done.text;
  process.stderr.write(done.kind === 'unreadable' ? renderDiagnostics(done.diagnostics, 'text') : lossText(done));
  return null;
}

function lossText({ range, summary, detail }: Extract<Formatted, { kind: 'lossy' }>): string {
  const place = `${range.filename}:${range.start.line}:${range.start.column}`;
  return `${printable(place)}: error: ${printable(summary)}\n    ${printable(detail)}\n`;
}

function verdict({ files, changed, failed }: Tally, check: boolean, paths: readonly string[]): string {
  const of = `${files} ${files === 1 ? 'file' : 'files'}`;
  const left = failed > 0 ? `; ${failed} left alone, as told above` : '';
  if (changed === 0) return failed > 0 ? `nothing changed of ${of}${left}` : `${of} in canonical form`;
  if (!check) return `${changed} of ${of} formatted${left}`;
  const them = changed === 1 ? 'is' : 'are';
  return `${changed} of ${of} ${them} not in canonical form: run \`virtuoso fmt ${printable(paths.join(' '))}\`${left}`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${printable(message)}\n`);
  return exitCodes.error;
}
