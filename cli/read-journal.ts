import { resolve } from 'node:path';
import { exitCodes } from './exit-codes.js';
import { explain, explanationJson, explanationText } from './explain.js';
import { history, historyJson, historyText } from './history.js';
import { openRepository } from './open-repository.js';

export interface JournalOptions {
  verb: 'history' | 'explain';
  object?: string;
  repository: string;
  limit?: number;
  output: 'text' | 'json';
  stateDirectory: string;
}

/** Shows what the journal of a repository says. Returns the exit code. */
export async function readJournal(options: JournalOptions): Promise<number> {
  const { repository, stateDirectory, output } = options;
  const isElsewhere = /:/.test(repository);
  const opened = await openRepository({
    repository: isElsewhere ? repository : resolve(repository),
    ref: 'HEAD',
    subdirectory: '',
    stateDirectory: resolve(stateDirectory),
    pollMs: 60_000,
  });
  if (opened.kind === 'failed') return fail(opened.message);
  const fresh = await opened.journal.refresh();
  if (fresh.kind === 'failed') return fail(fresh.message);
  if (options.verb === 'history') {
    const rows = await history(opened.journal, options.limit);
    process.stdout.write(output === 'json' ? historyJson(rows) : historyText(rows));
    return exitCodes.ok;
  }
  const explanation = await explain(opened.journal, options.object ?? '');
  if (explanation.kind === 'unknown') return fail(explanation.message);
  process.stdout.write(output === 'json' ? explanationJson(explanation) : explanationText(explanation));
  return exitCodes.ok;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
