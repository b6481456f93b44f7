import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JournalRead, JournalRecord } from '../reconciler/ports.js';
import { observedAfter } from '../reconciler/state-after.js';
import type { Observed } from '../schema/generated/types.js';
import { readRecorded } from '../schema/validate/recorded.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import { reportOf } from '../schema/validate/report/report.js';
import { renderSarif } from '../schema/validate/report/sarif.js';
import type { SourceFile } from '../schema/validate/source-file.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { duration } from './abridged.js';
import { type Clone, openClone } from './clone.js';
import { exitCodes } from './exit-codes.js';
import { openRepository } from './open-repository.js';
import { askPolicies } from './policies.js';
import { systemClock } from './system-clock.js';
import { version } from './version.js';
import { type Observation, type WhatIf, whatIf } from './what-if.js';
import { whatIfMarkdown } from './what-if-markdown.js';
import type { Revision } from './what-if-side.js';
import { whatIfText } from './what-if-text.js';

export interface PlanChangeOptions {
  /** A clone, or a bare repository. */
  directory: string;
  subdirectory: string;
  base: string;
  head: string;
  /** Older observations are not planned upon. */
  maxAgeMs: number;
  /** File with what was observed. */
  observed?: string;
  /** Repository whose journal is read instead of the clone's. */
  journal?: string;
  output: 'text' | 'json' | 'markdown';
  /** File to write the comment of a pull request to. */
  comment?: string;
  /** File to write what the head is told of, and the base is not, to, as SARIF. */
  annotations?: string;
  detailedExitcode: boolean;
  audit: boolean;
  stateDirectory: string;
}

type Failed = { kind: 'failed'; message: string };

/** What merging one commit into another would do to the fleet, from the journal alone. Returns the exit code. */
export async function planChange(options: PlanChangeOptions): Promise<number> {
  const clone = await openClone(options.directory, options.subdirectory);
  if (clone.kind === 'failed') return fail(clone.message);
  const base = await revision(clone, options.base);
  if (base.kind === 'failed') return fail(base.message);
  const head = await revision(clone, options.head);
  if (head.kind === 'failed') return fail(head.message);
  const found = await observedFor(options, clone);
  if (found.kind === 'failed') return fail(found.message);
  const old = found.kind === 'observed' && found.observation.ageMs > options.maxAgeMs ? found : null;
  const unobserved = old ? tooOld(old.observation, options.maxAgeMs) : found.kind === 'none' ? found.message : '';
  const usable = found.kind === 'observed' && old === null ? found : null;
  const compared = await whatIf({
    ...{ base, head, unobserved, observed: usable?.observed ?? null, observation: usable?.observation ?? null },
    notes: await notesOn(clone, base, head),
    ask: (documents, plan) => askPolicies(documents, plan, options.audit),
  });
  process.stdout.write(rendered(compared, options.output));
  if (options.comment !== undefined) await writeFile(options.comment, whatIfMarkdown(compared));
  if (options.annotations !== undefined) await writeFile(options.annotations, annotationsOf(head, compared));
  return codeOf(compared, old !== null, head, options.detailedExitcode);
}

function annotationsOf({ files }: FilesOf, { findings }: WhatIf): string {
  return renderSarif(reportOf([{ prefix: '', files, diagnostics: findings.added }]), version);
}

function rendered(compared: WhatIf, output: PlanChangeOptions['output']): string {
  if (output === 'json') return `${JSON.stringify(compared, null, 2)}\n`;
  return output === 'markdown' ? whatIfMarkdown(compared) : whatIfText(compared);
}

/** Says on stderr why it is not `ok`, so that logs of CI tell it whatever form the output has. */
function codeOf(
  { head, findings, changes }: WhatIf,
  isOld: boolean,
  { mistakes }: Revision,
  detailed: boolean,
): number {
  if (head.kind === 'invalid') {
    process.stderr.write(renderDiagnostics(mistakes, 'text'));
    return fail(`${head.ref} has mistakes, and would not take effect.`);
  }
  if (findings.isDenied) {
    process.stderr.write(renderDiagnostics(findings.added, 'text'));
    return fail(`Rules deny ${head.ref}.`, exitCodes.denied);
  }
  if (head.kind === 'not-decided') return fail(head.message, isOld ? exitCodes.stale : exitCodes.error);
  if (head.kind === 'unsafe') return fail(head.message, exitCodes.denied);
  if (head.kind === 'infeasible') return fail(head.message, exitCodes.infeasible);
  return detailed && changes.length > 0 ? exitCodes.changes : exitCodes.ok;
}

interface FilesOf {
  files: readonly SourceFile[];
}

async function revision(clone: Clone, ref: string): Promise<(Revision & FilesOf & { kind: 'revision' }) | Failed> {
  const found = await clone.commitOf(ref);
  if (found.kind === 'failed') return found;
  const read = await clone.documentsAt(found.commit);
  if (read.kind !== 'documents') return { kind: 'failed', message: read.message };
  const { documents, diagnostics } = validateFiles(read.files);
  return { kind: 'revision', ref, commit: found.commit, files: read.files, documents, mistakes: diagnostics };
}

type Found =
  | { kind: 'observed'; observed: Observed; observation: Observation }
  | { kind: 'none'; message: string }
  | Failed;

async function observedFor(
  { observed: file, journal, stateDirectory }: PlanChangeOptions,
  clone: Clone,
): Promise<Found> {
  if (file !== undefined) return fromFile(file);
  if (journal === undefined) return newest(clone.entries(), 'the branch virtuoso/status of this clone');
  const isElsewhere = /:/.test(journal);
  const opened = await openRepository({
    repository: isElsewhere ? journal : resolve(journal),
    ref: 'HEAD',
    subdirectory: '',
    stateDirectory,
    pollMs: 60_000,
  });
  if (opened.kind === 'failed') return opened;
  const fresh = await opened.journal.refresh();
  return fresh.kind === 'failed' ? fresh : newest(opened.journal.entries(), `the branch virtuoso/status of ${journal}`);
}

async function fromFile(file: string): Promise<Found> {
  const text = await readFile(file, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return { kind: 'failed', message: `${file} cannot be read: ${text.message}` };
  const recorded = readRecorded('Observed', text);
  if (recorded.kind !== 'valid') return { kind: 'failed', message: `${file} is ${recorded.message}` };
  const observed = recorded.value as Observed;
  return { kind: 'observed', observed, observation: aged(file, observed.nowMs) };
}

/** The newest entry that can be read tells how the fleet was, and what was done to it then. */
async function newest(entries: AsyncIterable<JournalRead>, where: string): Promise<Found> {
  for await (const read of entries) if (read.kind === 'record') return fromRecord(read);
  const advice = 'Wait for the first pass of the reconciler; in CI, fetch that branch, too.';
  return {
    kind: 'none',
    message: `Nothing is known of the fleet yet: ${where} is not there, or has no entry. ${advice}`,
  };
}

function fromRecord(record: JournalRecord): Found {
  const { pass, at } = record.entry;
  return {
    kind: 'observed',
    observed: observedAfter(record),
    observation: aged(`entry ${pass} of the journal`, Date.parse(at)),
  };
}

function aged(from: string, atMs: number): Observation {
  return { from, atMs, ageMs: Math.max(0, systemClock.nowMs() - atMs) };
}

function tooOld({ from, ageMs }: Observation, maxAgeMs: number): string {
  return (
    `The newest observation (${from}) is ${duration(ageMs)} old, more than ${duration(maxAgeMs)}: look whether the reconciler runs, ` +
    'and whether it can push to virtuoso/status; or allow it with --max-age.'
  );
}

/** A head that lacks commits of the base seems to take back what these did. */
async function notesOn(clone: Clone, base: Revision, head: Revision): Promise<string[]> {
  const lacks = await clone.lacking(head.commit, base.commit);
  if (lacks === 0) return [];
  const what = lacks === null ? 'may lack commits' : `lacks ${lacks} ${lacks === 1 ? 'commit' : 'commits'}`;
  return [
    `${head.ref} ${what} of ${base.ref}: what these changed shows as if it were taken back. Merge ${base.ref} into it first.`,
  ];
}

function fail(message: string, code: number = exitCodes.error): number {
  process.stderr.write(`error: ${message.trimEnd()}\n`);
  return code;
}
