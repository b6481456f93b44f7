import type { Figure } from '../figure.js';
import type { Design } from './design.js';
import type { Sample } from './measure.js';
import type { Results } from './rounds.js';

/** A figure that is told without a target. */
export const info = (name: string, value: number, unit: string): Figure => ({
  name,
  value,
  unit,
  target: '',
  ok: true,
});

export function atLeast(name: string, value: number, target: number, unit = ''): Figure {
  return { name, value, unit, target: `>= ${target}`, ok: value >= target };
}

export function atMost(name: string, value: number, target: number, unit = ''): Figure {
  return { name, value, unit, target: `<= ${target}`, ok: value <= target };
}

/** What a design reached, or why it was not measured: missed if it is on this machine and does not work. */
export function absolutes(design: Design, results: Results): Figure[] {
  const { trouble } = results.of(design);
  const figures =
    results.of(design).rounds.length === 0
      ? []
      : [
          info(`${design.name}: TCP`, results.median(design, 'tcpMbps') / 1000, 'Gbit/s'),
          info(`${design.name}: UDP, 64 B`, results.median(design, 'smallKpps'), 'kpps'),
          info(`${design.name}: UDP, 1400 B`, results.median(design, 'largeKpps'), 'kpps'),
          info(`${design.name}: round trip`, results.median(design, 'rttUs'), 'µs'),
        ];
  if (trouble === undefined) return figures;
  const installed = design.available() === undefined;
  const firstLine = trouble.split('\n')[0] ?? '';
  const failed = { name: `${design.name} NOT MEASURED: ${firstLine}`, value: 0, unit: '' };
  return [...figures, { ...failed, target: installed ? 'runs' : '', ok: !installed }];
}

/** The design with the largest median; undefined if none was measured. */
export function best(designs: readonly Design[], of: keyof Sample, results: Results): Design | undefined {
  const measured = designs.filter((design) => !Number.isNaN(results.median(design, of)));
  return measured.toSorted((a, b) => results.median(b, of) - results.median(a, of))[0];
}

/** TCP throughput of `design` over that of the fastest of `peers`. */
export function timesFastest(
  design: Design,
  peers: readonly Design[],
  kind: string,
  target: number,
  results: Results,
): Figure {
  const fastest = best(peers, 'tcpMbps', results);
  const value = fastest ? results.ratio(design, fastest, 'tcpMbps') : Number.NaN;
  return atLeast(`${design.name}: TCP over the fastest ${kind} (${fastest?.name ?? 'none runs'})`, value, target);
}
