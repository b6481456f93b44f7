import type { Figure } from '../figure.js';
import { atMost } from '../vnet/figures.js';
import { stepCells, stepPeriodMs, windowMs } from './cells.js';
import { type CellResult, runCell } from './run-cell.js';

/** The step comes this long after the emulator began; traffic begins some seconds later than that, and goes on for long enough after. */
const seconds = 26;
/** Of the step: what no noise of an estimate does. */
const visibleShare = 0.25;
const settledError = 0.1;

/** How long after cross traffic has doubled the estimate shows it, and how long until it stays near the truth. */
export async function stepFigures(seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const cell of stepCells()) {
    const result = await runCell(cell, seconds, seed);
    const { visibleMs, settledMs } = stepTimes(result);
    const limitMs = windowMs(cell.rateMbps) + 2000;
    figures.push(
      atMost(`step in cross traffic, ${cell.name}: visible after`, visibleMs / 1000, 3, 's'),
      atMost(`step in cross traffic, ${cell.name}: settled after`, settledMs / 1000, limitMs / 1000, 's'),
    );
  }
  return figures;
}

/** Times since the step; infinite if it never was. */
function stepTimes({ cell, told, log }: CellResult): { visibleMs: number; settledMs: number } {
  const stepMs = (log[0]?.atMs ?? 0) + stepPeriodMs;
  const [before, after] = [0.3, 0.6].map((share) => cell.rateMbps * (1 - share)) as [number, number];
  const values = told
    .map(({ atMs, estimate }) => ({ afterMs: atMs - stepMs, mbps: estimate?.available.mbps }))
    .filter(({ afterMs }) => afterMs >= 0 && afterMs < stepPeriodMs);
  const isVisible = (mbps = before): boolean => before - mbps >= visibleShare * (before - after);
  const isNear = (mbps = 0): boolean => Math.abs(mbps / after - 1) <= settledError;
  const visible = values.find(({ mbps }) => isVisible(mbps));
  const lastAway = values.findLastIndex(({ mbps }) => !isNear(mbps));
  return {
    visibleMs: visible?.afterMs ?? Number.POSITIVE_INFINITY,
    settledMs: values[lastAway + 1]?.afterMs ?? Number.POSITIVE_INFINITY,
  };
}
