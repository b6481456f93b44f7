import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlacementProblem } from '../../schema/generated/types.js';
import type { Figure } from '../figure.js';
import { dataFolder, withoutData } from './data-folder.js';
import { judgedFor } from './judged.js';

/** A quadratic assignment in the public format: flows are demands, distances latencies, every host takes one VM. */
export function assignmentProblem(name: string, text: string): PlacementProblem {
  const [size = 0, ...numbers] = text.trim().split(/\s+/).map(Number);
  const matrix = (at: number) =>
    Array.from({ length: size }, (_, row) => numbers.slice(at + row * size, at + (row + 1) * size));
  const [flows, latencyMs] = [matrix(0), matrix(size * size)];
  return {
    format_version: '1',
    name,
    hosts: flows.map((_, place) => ({ name: `h${place}`, maxGuests: 1 })),
    vms: flows.map((_, place) => ({ name: `v${place}` })),
    demands: flows.flatMap((row, from) =>
      row.flatMap((rateMbps, to) =>
        rateMbps === 0 || from === to ? [] : [{ from: `v${from}`, to: `v${to}`, rateMbps }],
      ),
    ),
    network: { latencyMs },
    objective: { level: 'path', goal: 'minimise', expression: 'sum(demand * pathLatency)' },
  };
}

/** Largest share above the best known value that counts as reached; undefined where nothing was promised. */
function targetOf(name: string, size: number): number | undefined {
  if (size <= 30) return 0;
  if (/^(sko|wil|tho)/.test(name)) return 0.001;
  if (/^tai\d+a/.test(name)) return 0.015;
  return /^tai\d+b/.test(name) ? 0.005 : undefined;
}

/** Quadratic assignment instances with best known values, 10 s each. */
export async function qaplibFigures(isQuick: boolean): Promise<Figure[]> {
  const folder = dataFolder('qaplib');
  if (folder === null) return withoutData('qaplib');
  const best = JSON.parse(readFileSync(join(folder, 'best-known.json'), 'utf8')) as Record<string, number>;
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.dat'))
    .map((file) => file.slice(0, -4))
    .sort();
  const figures: Figure[] = [];
  for (const name of names) {
    const file = assignmentProblem(name, readFileSync(join(folder, `${name}.dat`), 'utf8'));
    const known = best[name] as number;
    const { answer, seconds } = await judgedFor(file, isQuick ? 1 : 10);
    const above = (answer.objective[0]?.value ?? Number.POSITIVE_INFINITY) / known - 1;
    const target = targetOf(name, file.hosts.length);
    figures.push({
      name: `qaplib ${name}, ${seconds.toFixed(1)} s, ${answer.iterations} iterations: above best known`,
      value: 100 * above,
      unit: '%',
      target: target === undefined ? '' : `<= ${100 * target}`,
      ok: target === undefined || above <= target + 1e-9,
    });
  }
  return figures;
}
