import { renderDiagnostics } from '../schema/validate/render.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { exitCodes } from './exit-codes.js';
import { readDirectory } from './read-documents.js';

/** Every mistake in the documents of each directory, each with its place; exit code 1 if there is any error. */
export async function validate(directories: string[], output: 'text' | 'json'): Promise<number> {
  let code: number = exitCodes.ok;
  for (const directory of directories) {
    const read = await readDirectory(directory);
    if (read.kind === 'unavailable') {
      process.stderr.write(`error: ${read.message}\n`);
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
    process.stdout.write(renderDiagnostics(diagnostics, output));
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    if (errors > 0) code = exitCodes.error;
    const verdict =
      errors > 0
        ? `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}`
        : `valid: ${documents.length} documents in ${read.files.length} files`;
    process.stderr.write(`${directory}: ${verdict}\n`);
  }
  return code;
}
