import type { Figure } from '../figure.js';
import { atMost } from '../vnet/figures.js';
import { stepCells, stepPeriodMs, windowMs } from './cells.js';
import { type CellResult, runCell } from './run-cell.js';

/** The step comes this long after the emulator began; traffic begins some seconds later than that, and goes on for long enough after. */
const seconds = 26;
/** Of each cell, with seeds of their own. */
const runsOfEach = 3;
/** Of the step: what no noise of an estimate does. */
const visibleShare = 0.25;
const settledError = 0.1;
const strayShare = 0.1;

/** How long after cross traffic has doubled every run's estimate shows it, and how long until estimates are as near the truth as ever. */
export async function stepFigures(seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const cell of stepCells()) {
    const told: AfterStep[][] = [];
    for (let run = 0; run < runsOfEach; run += 1) told.push(afterStep(await runCell(cell, seconds, seed + run)));
    const [before, after] = [0.3, 0.6].map((share) => cell.rateMbps * (1 - share)) as [number, number];
    const limitMs = windowMs(cell.rateMbps) + 2000;
    const name = `step in cross traffic, ${cell.name}, ${runsOfEach} runs`;
    figures.push(
      atMost(`${name}: visible after, longest`, visibleMs(told, before, after) / 1000, 3, 's'),
      atMost(`${name}: settled after`, settledMs(told.flat(), after) / 1000, limitMs / 1000, 's'),
    );
  }
  return figures;
}

/** What was told so long after the step; undefined while it was unknown. */
interface AfterStep {
  afterMs: number;
  mbps: number | undefined;
}

function afterStep({ told, log }: CellResult): AfterStep[] {
  const stepMs = (log[0]?.atMs ?? 0) + stepPeriodMs;
  return told
    .map(({ atMs, estimate }) => ({ afterMs: atMs - stepMs, mbps: estimate?.available.mbps }))
    .filter(({ afterMs }) => afterMs >= 0 && afterMs < stepPeriodMs);
}

/** The longest of all runs; infinite if one of them never shows it. */
export function visibleMs(runs: readonly AfterStep[][], before: number, after: number): number {
  const isVisible = ({ mbps = before }: AfterStep): boolean => before - mbps >= visibleShare * (before - after);
  return Math.max(...runs.map((told) => told.find(isVisible)?.afterMs ?? Number.POSITIVE_INFINITY));
}

/**
 * From when on, at no time more than one in ten of the estimates since then, of all runs, is off by more than a tenth: what is asked of
 * estimates where nothing changes. To ask it of all of them would measure chance, for one in ten of stationary traffic may stray
 * too; and late ones make up for none that strays at once. Unknown ones stray. Infinite if it never is.
 */
export function settledMs(told: readonly AfterStep[], after: number): number {
  const inOrder = told.toSorted((a, b) => a.afterMs - b.afterMs);
  const strays = inOrder.map(({ mbps = 0 }) => Math.abs(mbps / after - 1) > settledError);
  const from = inOrder.findIndex((_, first) => {
    let count = 0;
    return strays.slice(first).every((stray, index) => {
      if (stray) count += 1;
      return count <= strayShare * (index + 1);
    });
  });
  return inOrder[from]?.afterMs ?? Number.POSITIVE_INFINITY;
}
