import { resolve } from 'node:path';
import { blame, blameJson } from './blame.js';
import { blameText } from './blame-text.js';
import { documentsAt } from './documents-at.js';
import { exitCodes } from './exit-codes.js';
import { explain, explanationJson, explanationText, unknownObject } from './explain.js';
import { type StudyLink, studyLinkOf } from './explain-link.js';
import type { StudyVm } from './explain-vm.js';
import { history, historyJson, historyText } from './history.js';
import { openRepository, type Repository } from './open-repository.js';
import { studyVm } from './study-vm.js';

export interface JournalOptions {
  verb: 'history' | 'explain' | 'blame';
  object?: string;
  repository: string;
  limit?: number;
  /** Leaves out what has to be decided again. */
  brief?: boolean;
  /** Tells of frames too. */
  paths?: boolean;
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
  return options.verb === 'blame' ? readBlame(opened, options) : readExplanation(opened, options);
}

async function readExplanation({ source, journal }: Repository, options: JournalOptions): Promise<number> {
  const studied: StudyVm = async (record, name) => {
    await source.read(); // brings commits over; what it could not bring, reading one says
    return studyVm(record, name, (commit) => source.readAt(commit));
  };
  const linked: StudyLink = async (record, a, b) => {
    await source.read(); // as above
    return studyLinkOf(record, [a, b], (commit) => source.readAt(commit));
  };
  const explanation = await explain(journal, options.object ?? '', options.brief ? null : studied, linked);
  if (explanation.kind === 'unknown') return fail(explanation.message);
  const isJson = options.output === 'json';
  process.stdout.write(isJson ? explanationJson(explanation) : explanationText(explanation));
  return exitCodes.ok;
}

async function readBlame({ source, journal }: Repository, options: JournalOptions): Promise<number> {
  const object = options.object ?? '';
  const [, name = ''] = /^vm\/([^/]+)$/.exec(object) ?? [];
  if (name === '') return fail(`${JSON.stringify(object)} names no VM: write vm/NAME`);
  await source.read(); // as above
  const found = await blame(
    journal,
    name,
    documentsAt((commit) => source.readAt(commit)),
    options.paths,
  );
  if (found === null) return fail(await unknownObject(journal, 'vm', name));
  process.stdout.write(options.output === 'json' ? blameJson(found) : blameText(found));
  return exitCodes.ok;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
