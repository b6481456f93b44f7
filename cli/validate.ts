import { relative, resolve, sep } from 'node:path';
import { isDenied } from '../reconciler/admission/verdict.js';
import { rulesAmong } from '../reconciler/admit.js';
import type { Diagnostic } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { printable, renderDiagnostics } from '../schema/validate/render.js';
import { renderGithub } from '../schema/validate/report/github.js';
import { renderGitlab } from '../schema/validate/report/gitlab.js';
import { renderJunit } from '../schema/validate/report/junit.js';
import { type JudgedDirectory, relocated, reportOf } from '../schema/validate/report/report.js';
import { renderSarif } from '../schema/validate/report/sarif.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { exitCodes } from './exit-codes.js';
import { askPolicies } from './policies.js';
import { readDirectory } from './read-documents.js';
import { version } from './version.js';

export type ValidateOutput = 'text' | 'json' | 'github' | 'gitlab' | 'sarif' | 'junit';

/**
 * Every mistake in the documents of each directory, each with its place; exit code 1 if there is any error. Where there is none, the rules
 * among them are asked; exit code 3 if one denies them.
 */
export async function validate(directories: string[], output: ValidateOutput, audit = false): Promise<number> {
  const full = directories.map((directory) => resolve(directory));
  const distinct = directories.filter((_, index) => full.indexOf(full[index] ?? '') === index);
  const judged: JudgedDirectory[] = [];
  let code: number = exitCodes.ok;
  for (const directory of distinct) {
    const read = await readDirectory(directory);
    if (read.kind !== 'documents') {
      process.stderr.write(`error: ${printable(read.message)}\n`);
      return exitCodes.error;
    }
    if (read.files.length === 0) {
      process.stderr.write(
        `error: ${directory} has no documents: they belong in inventory/, desired/ and policies/.\n`,
      );
      code = exitCodes.error;
      continue;
    }
    const { documents, diagnostics } = validateFiles(read.files);
    const isSound = errorsIn(diagnostics) === 0;
    const said = isSound ? await askPolicies(documents, null, audit) : [];
    judged.push({
      prefix: prefixOf(directory, distinct.length, output),
      files: read.files,
      diagnostics: [...diagnostics, ...said],
    });
    if (output === 'text') process.stdout.write(rendered(judged.slice(-1), output));
    if (!isSound) code = exitCodes.error;
    else if (isDenied(said) && code === exitCodes.ok) code = exitCodes.denied;
    process.stderr.write(`${directory}: ${verdict(documents, read.files.length, diagnostics, said)}\n`);
  }
  if (output === 'text') return code;
  if (judged.length === distinct.length) process.stdout.write(rendered(judged, output));
  else process.stderr.write('error: No report is written, because it would not be of all directories.\n');
  return code;
}

/** Services look for files from where the report is made; people within the one directory that they name. */
function prefixOf(directory: string, count: number, output: ValidateOutput): string {
  if (count === 1 && (output === 'text' || output === 'json')) return '';
  return relative('', directory).replaceAll(sep, '/');
}

function rendered(judged: readonly JudgedDirectory[], output: ValidateOutput): string {
  switch (output) {
    case 'text':
    case 'json': {
      const diagnostics = judged.flatMap((each) => relocated(each.diagnostics, each.prefix));
      return renderDiagnostics(diagnostics, output);
    }
    case 'github':
      return renderGithub(reportOf(judged));
    case 'gitlab':
      return renderGitlab(reportOf(judged));
    case 'sarif':
      return renderSarif(reportOf(judged), version);
    case 'junit':
      return renderJunit(reportOf(judged));
  }
}

function errorsIn(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

function verdict(
  documents: readonly LocatedDocument[],
  files: number,
  diagnostics: readonly Diagnostic[],
  said: readonly Diagnostic[],
): string {
  const errors = errorsIn(diagnostics);
  const unasked = rulesAmong(documents).length > 0 ? '; rules were not asked' : '';
  if (errors > 0) return `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}${unasked}`;
  return `valid: ${documents.length} documents in ${files} files${denials(said)}`;
}

function denials(said: readonly Diagnostic[]): string {
  const count = errorsIn(said);
  return count === 0 ? '' : `, but rules deny them: ${count} ${count === 1 ? 'violation' : 'violations'}`;
}
