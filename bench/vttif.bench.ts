import type { Figure } from './figure.js';
import { patternFigures } from './vttif/emulated/patterns.js';
import { phaseFigures, stationaryFigures } from './vttif/emulated/steadiness.js';
import { labFigures } from './vttif/lab/figures.js';
import { scaleFigures } from './vttif/scale.js';

/** The parts, which `VTTIF_BENCH_PARTS` chooses from by name, separated by commas. */
const parts: Record<string, (isQuick: boolean) => Figure[] | Promise<Figure[]>> = {
  scale: () => scaleFigures(),
  patterns: patternFigures,
  stationary: stationaryFigures,
  phases: phaseFigures,
  lab: () => labFigures(),
};

/**
 * How well VTTIF tells who talks to whom: over emulated hosts, and over real TCP flows between the guests of a lab, which needs root.
 * `VTTIF_BENCH_QUICK=1` takes fewer patterns and less time.
 */
export async function run(): Promise<Figure[]> {
  const chosen = process.env.VTTIF_BENCH_PARTS?.split(',') ?? Object.keys(parts);
  const unknown = chosen.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    throw new Error(`VTTIF_BENCH_PARTS names ${unknown.join(', ')}: choose from ${Object.keys(parts).join(', ')}`);
  }
  const figures: Figure[] = [];
  for (const name of chosen) figures.push(...((await parts[name]?.(process.env.VTTIF_BENCH_QUICK === '1')) ?? []));
  return figures;
}
