import { basename, resolve } from 'node:path';
import type { JournalRecord } from '../reconciler/ports.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { type Clone, openClone } from './clone.js';
import { exitCodes } from './exit-codes.js';
import { readDirectory } from './read-documents.js';
import { type Candidate, simulate } from './simulate-replay.js';
import { simulationText } from './simulate-text.js';

/** A moment, or so long before the newest entry of the journal. */
export type Moment = { atMs: number } | { beforeMs: number };

export interface SimulateOptions {
  /** A clone, or a bare repository, that has the journal. */
  directory: string;
  subdirectory: string;
  /** A branch or commit of it, or a directory, which begins with `.` or `/`. */
  policy: string;
  since: Moment;
  until?: Moment;
  output: 'text' | 'json';
}

type Failed = { kind: 'failed'; message: string };

/** What other documents would have done with what the journal has observed. Returns the exit code. */
export async function simulateVerb(options: SimulateOptions): Promise<number> {
  const clone = await openClone(options.directory, options.subdirectory);
  if (clone.kind === 'failed') return fail(clone.message);
  const candidate = await candidateOf(options.policy, clone);
  if (candidate.kind === 'failed') return fail(candidate.message);
  const records = await recordsIn(clone, options);
  if (records.length === 0) {
    return fail(
      'There is no observation of that time: virtuoso/status has none, or is not fetched. Name another time with --since and --until.',
    );
  }
  const simulated = simulate(records, candidate);
  process.stdout.write(
    options.output === 'json' ? `${JSON.stringify(simulated, null, 2)}\n` : simulationText(simulated),
  );
  return exitCodes.ok;
}

async function candidateOf(policy: string, clone: Clone): Promise<(Candidate & { kind: 'candidate' }) | Failed> {
  const isDirectory = /^[./]/.test(policy);
  const found = isDirectory ? null : await clone.commitOf(policy);
  if (found?.kind === 'failed') return found;
  const read = found === null ? await readDirectory(policy) : await clone.documentsAt(found.commit);
  if (read.kind !== 'documents') return { kind: 'failed', message: read.message };
  const { documents, diagnostics } = validateFiles(read.files);
  process.stderr.write(renderDiagnostics(diagnostics, 'text'));
  if (diagnostics.some(({ severity }) => severity === 'error'))
    return { kind: 'failed', message: `${policy} has mistakes: correct them first.` };
  const name = isDirectory ? basename(resolve(policy)) : policy;
  return { kind: 'candidate', name, source: read.source, documents };
}

/** Entries of the window, oldest first; those that cannot be read are left out. */
async function recordsIn(clone: Clone, { since, until }: SimulateOptions): Promise<JournalRecord[]> {
  const found: JournalRecord[] = [];
  let newestMs: number | null = null;
  for await (const read of clone.entries()) {
    if (read.kind === 'unreadable') continue;
    const atMs = read.observed.nowMs;
    newestMs ??= atMs;
    if (atMs < momentMs(since, newestMs)) break;
    if (until === undefined || atMs <= momentMs(until, newestMs)) found.unshift(read);
  }
  return found;
}

function momentMs(moment: Moment, newestMs: number): number {
  return 'atMs' in moment ? moment.atMs : newestMs - moment.beforeMs;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
