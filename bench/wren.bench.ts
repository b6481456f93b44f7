import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepAwake } from '../lab/awake.js';
import type { Figure } from './figure.js';
import { missing } from './vnet/stage.js';
import { startWarden } from './vnet/start-warden.js';
import { runs, sweep } from './vnet/sweep.js';
import { cellFigures, coverage } from './wren/cell-figures.js';
import { costFigures } from './wren/cost-figures.js';
import { type Options, readOptions } from './wren/options.js';
import { probeFigures } from './wren/probe-figures.js';
import { type CellResult, fullWindows } from './wren/run-cell.js';
import { runCells } from './wren/run-cells.js';
import { quantile } from './wren/score.js';
import { stepFigures } from './wren/step-figures.js';

/**
 * What Wren says of paths, beside what an emulated path was: one after the other, with messages between two guests as the only traffic.
 * Needs root. The whole matrix takes about an hour; bench/wren/options.ts says how to choose.
 */
export async function run(): Promise<Figure[]> {
  if (process.getuid?.() !== 0) throw new Error('The benchmark makes network namespaces: run it as root.');
  const lacking = missing(['ip', 'iproute2'], ['ss', 'iproute2'], ['nsenter', 'util-linux'], ['clang', 'clang']);
  if (lacking !== undefined) throw new Error(lacking);
  await sweep((pid) => !runs(pid));
  const options = readOptions(process.env);
  const dismissWarden = startWarden();
  const letSleep = keepAwake();
  if (!letSleep)
    console.error('The kernel lets idle processors sleep: packets may come out of the emulated paths late.');
  try {
    return await measureAll(options);
  } finally {
    letSleep?.();
    dismissWarden();
  }
}

async function measureAll(options: Options): Promise<Figure[]> {
  const { parts, seed } = options;
  return [
    ...(parts.includes('cells') ? cellFigures(await cells(options)) : []),
    ...(parts.includes('step') ? await stepFigures(seed) : []),
    ...(parts.includes('probes') ? await probeFigures(seed) : []),
    ...(parts.includes('cost') ? await costFigures(seed) : []),
  ];
}

function cells(options: Options): Promise<CellResult[]> {
  return runCells(options, (result, place) => {
    console.error(`${place} ${summary(result)}`);
    record(result, options);
  });
}

function record(result: CellResult, { record: file, traces }: Options): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ ...result, log: undefined, trace: undefined })}\n`);
  if (traces !== undefined) writeTrace(traces, result);
}

/** The truth is told in seconds since the trace's first packet, as the analysis of a trace does. */
function writeTrace(folder: string, { cell, trace, scored, begunMs }: CellResult): void {
  if (trace === undefined) return;
  const path = join(folder, cell.name.replaceAll(' ', '_').replaceAll('%', ''));
  const truth = scored.map(({ afterMs, trueMbps }) => ({
    atSeconds: (begunMs + afterMs - trace.firstMs) / 1000,
    trueMbps,
  }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.trace`, trace.bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify({ cell, begunSeconds: (begunMs - trace.firstMs) / 1000, truth })}\n`);
}

function summary(result: CellResult): string {
  const { cell, method, messages, latencyMs, trueLatencyMs, lateShare, told } = result;
  const windows = fullWindows(result);
  const errors = windows.flatMap(({ error }) => (error === undefined ? [] : [error * 100]));
  const last = told.at(-1)?.estimate;
  const number = (value: number | undefined): string => value?.toFixed(1) ?? '?';
  return [
    `${cell.name}: ${method}, ${errors.length} of ${windows.length} windows known`,
    `error ${number(quantile(errors, 0.5))}/${number(quantile(errors, 0.9))} %, held ${number(coverage(result) * 100)} %`,
    `last ${number(last?.available.mbps)} [${number(last?.available.lowMbps)}, ${number(last?.available.highMbps)}]`,
    `of ${number(windows.at(-1)?.trueMbps)}, capacity ${last?.capacityMbps?.toFixed(2) ?? '?'}`,
    `latency ${latencyMs?.toFixed(2) ?? '?'} of ${trueLatencyMs.toFixed(2)} ms, ${messages.length} messages, ${number(lateShare * 100)} % late`,
  ].join(', ');
}
