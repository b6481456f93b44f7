import { readFileSync } from 'node:fs';
import { measuredPattern, type Pattern, type PatternShape, syntheticPattern } from '../../agents/emulated/patterns.js';

const folder = new URL('../../data/npb/', import.meta.url);

/** Patterns of a size, by name: the synthetic ones, and NAS benchmarks of as many ranks. */
export function patternsOf(size: number): Map<string, Pattern> {
  const shapes: PatternShape[] = ['ring', 'bus', 'mesh', 'torus', 'star', 'all-to-all', 'tree'];
  const found = new Map<string, Pattern>(shapes.map((shape) => [shape, syntheticPattern(shape, size)]));
  if (size !== 4) return found;
  for (const program of ['bt', 'cg', 'ft', 'is', 'mg']) {
    const rows = readFileSync(new URL(`${program}.W.4.csv`, folder), 'utf8')
      .trim()
      .split('\n');
    found.set(program, measuredPattern(rows.map((row) => row.split(',').map(Number))));
  }
  return found;
}
