import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { isDenied } from '../reconciler/admission/verdict.js';
import { type Decided, decide, type Exceeded } from '../reconciler/pass.js';
import { renderMarkdown } from '../reconciler/plan/render-markdown.js';
import { renderText } from '../reconciler/plan/render-text.js';
import type { SourceRead } from '../reconciler/ports.js';
import { observedAfter } from '../reconciler/state-after.js';
import type { Observed, Plan } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { readRecorded } from '../schema/validate/recorded.js';
import { renderDiagnostics } from '../schema/validate/render.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { exitCodes } from './exit-codes.js';
import { openRepository } from './open-repository.js';
import { askPolicies } from './policies.js';
import { readDirectory } from './read-documents.js';

export interface PlanOptions {
  directory: string;
  /** File with what was observed, as the journal keeps it. */
  observed?: string;
  /** Repository whose journal's newest observation is taken instead. */
  journal?: string;
  /** What the plan names as its source; the directory's name when left out. */
  source?: string;
  output: 'text' | 'json' | 'markdown';
  /** File to save the plan to, for `apply`. */
  out?: string;
  detailedExitcode: boolean;
  /** Whether to tell what rules with the action `audit` say too. */
  audit: boolean;
  stateDirectory: string;
}

/** What a pass would do with a directory's documents, without touching any fleet. Returns the exit code. */
export async function plan(options: PlanOptions): Promise<number> {
  const read = await readDirectory(options.directory);
  const documents = documentsOf(read);
  if (documents === null) return exitCodes.error;
  if (await areDenied(documents, null, options)) return exitCodes.denied;
  const observed = await readObserved(options, documents);
  if (typeof observed === 'string') return fail(observed, exitCodes.error);
  const source = options.source ?? basename(resolve(options.directory));
  return report(decide({ documents, source, observed }), documents, options);
}

function documentsOf(read: SourceRead): readonly LocatedDocument[] | null {
  if (read.kind !== 'documents') {
    fail(read.message, exitCodes.error);
    return null;
  }
  const { documents, diagnostics } = validateFiles(read.files);
  process.stderr.write(renderDiagnostics(diagnostics, 'text'));
  return diagnostics.some(({ severity }) => severity === 'error') ? null : documents;
}

/** What to plan upon: a file, a journal, or a fleet whose hosts are all there and empty. A text says what went wrong. */
async function readObserved(options: PlanOptions, documents: readonly LocatedDocument[]): Promise<Observed | string> {
  if (options.observed !== undefined) {
    const text = await readFile(options.observed, 'utf8').catch((error: Error) => error);
    if (text instanceof Error) return `${options.observed} cannot be read: ${text.message}`;
    const recorded = readRecorded('Observed', text);
    return recorded.kind === 'valid' ? (recorded.value as Observed) : `${options.observed} is ${recorded.message}`;
  }
  if (options.journal !== undefined) {
    const opened = await openRepository({
      repository: resolve(options.journal),
      ref: 'HEAD',
      subdirectory: '',
      stateDirectory: options.stateDirectory,
      pollMs: 60_000,
    });
    if (opened.kind === 'failed') return opened.message;
    const fresh = await opened.journal.refresh();
    if (fresh.kind === 'failed') return fresh.message;
    const latest = await opened.journal.latest();
    if (latest !== null) return observedAfter(latest);
    return `${options.journal} has no journal yet: its branch virtuoso/status is empty.`;
  }
  return emptyFleet(documents);
}

function emptyFleet(documents: readonly LocatedDocument[]): Observed {
  const hosts = documents.flatMap(({ document }) => (document.kind === 'Host' ? [document.metadata.name] : [])).sort();
  const nothing = { sequence: 1, generation: 0, atMs: 0, networks: [], links: [], guests: [], rules: [], faults: [] };
  return {
    format_version: '1',
    nowMs: 0,
    hosts: hosts.map((host) => ({ host, connected: true, report: { host, boot: 'empty', ...nothing } })),
    traffic: { declaredAtMs: null, smoothingIntervalMs: 0, demands: [] },
    lastPlacement: [],
  };
}

/** Tells what rules say of documents, or of a plan made from them; returns whether they forbid it. */
async function areDenied(
  documents: readonly LocatedDocument[],
  made: Plan | null,
  { audit }: PlanOptions,
): Promise<boolean> {
  const said = await askPolicies(documents, made, audit);
  process.stderr.write(renderDiagnostics(said, 'text'));
  return isDenied(said);
}

async function report(decided: Decided, documents: readonly LocatedDocument[], options: PlanOptions): Promise<number> {
  if (decided.kind === 'infeasible') return fail(decided.message, exitCodes.infeasible);
  if (decided.kind === 'unsafe') return fail(decided.message, exitCodes.denied);
  if (decided.kind === 'rejected') return fail(renderDiagnostics(decided.diagnostics, 'text'), exitCodes.error);
  process.stdout.write(rendered(decided.plan, options.output));
  if (decided.exceeded) process.stderr.write(approvalText(decided.exceeded));
  // It is shown, so that whoever is told why can see what, but not saved.
  if (await areDenied(documents, decided.plan, options)) return exitCodes.denied;
  if (options.out !== undefined) await writeFile(options.out, rendered(decided.plan, 'json'));
  return options.detailedExitcode && decided.plan.steps.length > 0 ? exitCodes.changes : exitCodes.ok;
}

function approvalText({ digest, message, approval }: Exceeded): string {
  const state = approval
    ? `It was approved by ${approval.by} (${approval.place}).`
    : `It will wait for an approval of ${digest}.`;
  return `note: ${message} ${state}\n`;
}

function rendered(value: Plan, output: PlanOptions['output']): string {
  if (output === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (output === 'markdown') return renderMarkdown(value);
  return renderText(value, { color: process.stdout.isTTY === true && !process.env.NO_COLOR });
}

function fail(message: string, code: number): number {
  process.stderr.write(`error: ${message.trimEnd()}\n`);
  return code;
}
