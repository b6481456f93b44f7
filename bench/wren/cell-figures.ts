import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import { tcpInfoErrors } from './rivals.js';
import { type CellResult, fullWindows } from './run-cell.js';
import { quantile } from './score.js';

/** Cells whose accuracy one line of the issue states. */
interface Group {
  name: string;
  holds(result: CellResult): boolean;
  medianAtMost: number;
  /** Undefined where `unknown` with bounds is an answer too. */
  p90AtMost: number | undefined;
}

const isSlow = ({ cell }: CellResult): boolean => cell.rateMbps <= 100 && !cell.isHard;
const isTwoSided = ({ cell }: CellResult): boolean => cell.link === 'two-sided';

const groups: Group[] = [
  {
    name: 'two-sided, up to 100 Mb/s',
    holds: (result) => isSlow(result) && isTwoSided(result),
    medianAtMost: 0.03,
    p90AtMost: 0.1,
  },
  {
    name: 'one-sided, up to 100 Mb/s',
    holds: (result) => isSlow(result) && !isTwoSided(result),
    medianAtMost: 0.04,
    p90AtMost: 0.12,
  },
  ...[200, 500].flatMap((rateMbps) =>
    (['two-sided', 'one-sided'] as const).map((method) => ({
      name: `${method}, ${rateMbps} Mb/s`,
      holds: (result: CellResult) =>
        result.cell.rateMbps === rateMbps && !result.cell.isHard && isTwoSided(result) === (method === 'two-sided'),
      medianAtMost: 0.15,
      p90AtMost: undefined,
    })),
  ),
];

/** Where an estimate is asked for and none is given, the error is taken to be this. */
const wholly = 1;

export function cellFigures(results: readonly CellResult[]): Figure[] {
  return [
    ...groups.flatMap((group) => groupFigures(group, results.filter(group.holds))),
    ...coverageFigures(results),
    ...capacityFigures(results.filter((result) => !result.cell.isHard)),
    ...latencyFigures(results),
  ];
}

function groupFigures({ name, medianAtMost, p90AtMost }: Group, results: readonly CellResult[]): Figure[] {
  if (results.length === 0) return [];
  const windows = results.flatMap(fullWindows);
  const known = windows.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const errors = p90AtMost === undefined ? known : windows.map(({ error }) => error ?? wholly);
  const unknownShare = 1 - known.length / windows.length;
  const told = `available bandwidth, ${name}`;
  return [
    info(`${told}: windows`, windows.length, ''),
    p90AtMost === undefined && known.length === 0
      ? info(`${told}: all unknown, with bounds`, 1, '')
      : atMost(`${told}: median relative error`, quantile(errors, 0.5), medianAtMost),
    ...(p90AtMost === undefined ? [] : [atMost(`${told}: 90th percentile of it`, quantile(errors, 0.9), p90AtMost)]),
    info(`${told}: unknown`, unknownShare, 'of windows'),
    ...rivalFigures(
      `${told}, by SIC`,
      windows.flatMap(({ sicError }) => (sicError === undefined ? [] : [sicError])),
    ),
    ...rivalFigures(`${told}, by TCP_INFO`, results.flatMap(tcpInfoErrors)),
  ];
}

function rivalFigures(told: string, errors: readonly number[]): Figure[] {
  if (errors.length === 0) return [];
  return [
    info(`${told}: median relative error`, quantile(errors, 0.5), ''),
    info(`${told}: 90th percentile of it`, quantile(errors, 0.9), ''),
  ];
}

/** Share of windows whose interval or bounds hold the truth; windows about which nothing is told do not count as held. */
export function coverage(result: CellResult): number {
  const windows = fullWindows(result);
  return windows.filter(({ isInside }) => isInside === true).length / windows.length;
}

function coverageFigures(results: readonly CellResult[]): Figure[] {
  const coverages = results.map(coverage);
  const low = results.filter((_, index) => !((coverages[index] ?? 0) >= 0.9));
  for (const each of low)
    console.error(`intervals hold the truth in ${(coverage(each) * 100).toFixed(0)} %: ${each.cell.name}`);
  const windows = results.flatMap(fullWindows);
  const unknown = windows.filter(({ error }) => error === undefined).length / windows.length;
  return [
    info('cells', results.length, ''),
    info(
      'packets 0.25 ms late out of the emulated path, worst cell',
      Math.max(...results.map((each) => each.lateShare)),
      'of all',
    ),
    info('estimates that are unknown, with bounds, all cells', unknown, 'of windows'),
    atMost('cells whose intervals hold the truth in less than 90 % of windows', low.length, 0),
    info('intervals that hold the truth, all cells', quantile(coverages, 0.5), 'of windows, median cell'),
    info('intervals that hold the truth, worst cell', Math.min(...coverages), 'of windows'),
  ];
}

const capacityMs = 3000;

/** The error of each cell is that of the median window from 3 s on. */
function capacityFigures(results: readonly CellResult[]): Figure[] {
  if (results.length === 0) return [];
  const errors = results.map(({ scored }) =>
    quantile(
      scored.filter(({ afterMs }) => afterMs >= capacityMs).map(({ capacityError }) => capacityError ?? wholly),
      0.5,
    ),
  );
  const wrong = results.filter((_, index) => !((errors[index] ?? wholly) <= 0.01));
  for (const { cell, told } of wrong)
    console.error(`capacity ${told.at(-1)?.estimate?.capacityMbps ?? 'unknown'} Mb/s: ${cell.name}`);
  return [
    info('capacity after 3 s: median relative error over cells', quantile(errors, 0.5), ''),
    atMost('capacity after 3 s: cells off by more than 1 %', wrong.length, 0, `of ${results.length}`),
  ];
}

function latencyFigures(results: readonly CellResult[]): Figure[] {
  const wrong = results.filter(({ latencyMs = Number.NaN, trueLatencyMs }) => {
    const off = Math.abs(latencyMs - trueLatencyMs);
    return !(off <= Math.max(0.3, 0.01 * trueLatencyMs));
  });
  for (const { cell, latencyMs, trueLatencyMs } of wrong)
    console.error(
      `latency ${latencyMs?.toFixed(3) ?? 'unknown'} ms, truth ${trueLatencyMs.toFixed(3)} ms: ${cell.name}`,
    );
  return [atMost('minimum latency: cells off by more than 0.3 ms and 1 %', wrong.length, 0, `of ${results.length}`)];
}
