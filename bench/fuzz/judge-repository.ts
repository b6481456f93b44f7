import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { plan } from '../../cli/plan.js';
import { type ValidateOutput, validate } from '../../cli/validate.js';
import type { Diagnostics } from '../../schema/generated/types.js';
import { type Draw, drawFrom, pick } from '../../test/generators/draw.js';
import { fig14Inputs } from '../../test/generators/fig14-observed.js';
import type { BaseFile } from './base-repositories.js';
import { type Captured, captured } from './captured.js';
import { drawRepository } from './drawn-repository.js';
import { mutateText, mutateValue } from './mutate.js';

export interface RepositoryResult {
  seed: number;
  /** Exit codes of `validate` and `plan`. */
  codes: [number, number];
  /** Rules of documents that were broken. */
  ids: string[];
  /** What must not have happened. */
  problems: string[];
  /** The most memory that this process has had in use so far. */
  peakMib: number;
}

const validateCodes = [0, 1, 3];
const planCodes = [0, 1, 3, 4];
const outputs: readonly ValidateOutput[] = ['text', 'json', 'github', 'gitlab', 'sarif', 'junit'];
const planOutputs = ['text', 'json', 'markdown'] as const;
const observedFig14 = fig14Inputs({ 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' }).observed;

/** Writes the repository that `seed` draws to a folder, and gives it to `validate` and to `plan` as a person would. */
export async function judgeRepository(seed: number, bases: readonly BaseFile[][]): Promise<RepositoryResult> {
  const { files, ways } = drawRepository(seed, bases);
  const draw = drawFrom(seed ^ 0x5eed);
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-fuzz-'));
  try {
    const directory = join(folder, 'fleet');
    mkdirSync(directory);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    const read = await captured(() => validate([directory], 'json'));
    const report = await captured(() => validate([directory], pick(draw, outputs)));
    const planned = await captured(() => plan(planOptions(draw, directory, folder)));
    const { ids, problems } = judgeReport(read, files);
    problems.push(...judgeRun('validate', read, validateCodes), ...judgeRun('validate', report, validateCodes));
    problems.push(...judgeRun('plan', planned, planCodes));
    if (read.code === 1 && planned.code !== 1)
      problems.push(`plan ends with ${planned.code} where validate ends with 1`);
    const peakMib = process.resourceUsage().maxRSS / 1024;
    const told = problems.map((problem) => `${problem} (${ways.join(', ')})`);
    return { seed, codes: [read.code ?? -1, planned.code ?? -1], ids, problems: told, peakMib };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function planOptions(draw: Draw, directory: string, folder: string): Parameters<typeof plan>[0] {
  const options = {
    ...{ directory, source: 'fuzz', output: pick(draw, planOutputs), detailedExitcode: false, audit: draw(2) === 0 },
    stateDirectory: join(folder, 'state'),
  };
  const way = draw(4);
  if (way === 0) return options;
  const observed = join(folder, 'observed.json');
  const value = way === 1 ? mutateValue(draw, observedFig14) : observedFig14;
  const text = JSON.stringify(value);
  writeFileSync(observed, way === 2 && draw(4) === 0 ? mutateText(draw, text) : text);
  return { ...options, observed };
}

function judgeRun(verb: string, { code, stdout, stderr, thrown }: Captured, codes: readonly number[]): string[] {
  if (thrown !== null) return [`${verb} threw ${thrown}`];
  const problems: string[] = [];
  if (!codes.includes(code ?? -1)) problems.push(`${verb} ended with ${code}`);
  const said = `${stdout}\n${stderr}`;
  const stack = said.split('\n').find((line) => /^\s+at \S+ ?\(.*:\d+:\d+\)$|^\s+at (file|node):/.test(line));
  if (stack !== undefined) problems.push(`${verb} shows a stack: ${stack}`);
  const control = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.exec(said);
  if (control !== null)
    problems.push(
      `${verb} lets U+${(control[0].codePointAt(0) ?? 0).toString(16)} out: ${JSON.stringify(said.slice(Math.max(0, control.index - 100), control.index + 50))}`,
    );
  if (code !== 0 && stderr.trim() === '') problems.push(`${verb} ended with ${code} and does not say why`);
  const added = Object.keys(Object.prototype);
  if (added.length > 0) problems.push(`${verb} gave every object a member ${added.join()}`);
  return problems;
}

/** Every place in a report must be one of its file. */
function judgeReport(
  { stdout, code }: Captured,
  files: Map<string, Uint8Array>,
): { ids: string[]; problems: string[] } {
  if (stdout === '') return { ids: [], problems: code === 0 ? ['validate says nothing'] : [] };
  const { diagnostics } = JSON.parse(stdout) as Diagnostics;
  const problems = diagnostics.flatMap(({ id, range: { filename, start, end }, summary, detail }) => {
    const content = files.get(filename);
    const lines = new TextDecoder().decode(content).split('\n');
    const line = lines[start.line - 1];
    const isInside =
      content !== undefined && line !== undefined && start.column >= 1 && start.column <= line.length + 1;
    const isForward = end.line > start.line || (end.line === start.line && end.column > start.column);
    const isTold = summary.trim() !== '' && detail.trim() !== '';
    return isInside && isForward && isTold
      ? []
      : [`${id} is at ${filename}:${start.line}:${start.column}-${end.line}:${end.column}: ${summary}`];
  });
  return { ids: [...new Set(diagnostics.map(({ id }) => id))], problems };
}
