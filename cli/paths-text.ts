import type { PathKnowledge, PathList, SharedBottleneck } from '../schema/generated/types.js';
import { abridged, byNumber, duration, rate } from './abridged.js';
import { columns } from './columns.js';

const maxRows = 60;
const maxBottlenecks = 10;
const maxPaths = 4;

/** What Wren infers: each path with what it gives, and groups that share a bottleneck. */
export function pathsText({ paths, bottlenecks }: PathList): string {
  if (paths.length === 0) {
    return 'Nothing is known of paths yet: Wren learns from traffic, so links between hosts have to carry some first.\n';
  }
  const rows = [...paths].sort((a, b) => byNumber(a.from, b.from) || byNumber(a.to, b.to)).map(row);
  const names = ['FROM', 'TO', 'AVAILABLE', '95 % INTERVAL', 'CAPACITY', 'CARRIED', 'LATENCY', 'METHOD', 'AGE'];
  const [head = '', ...lines] = columns([names, ...rows], [2, 3, 4, 5, 6, 8]);
  const contradiction = paths.some(({ statedMbps }) => statedMbps !== undefined)
    ? ['! The inventory states another capacity: see the conditions of inventory/capacities.']
    : [];
  const table = [head, ...abridged(lines, maxRows, 'paths'), 'Rates are in Mb/s.', ...contradiction];
  const parts = [table, bottleneckLines(bottlenecks)];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

function row(path: PathKnowledge): string[] {
  const { from, to, method, availableMbps, lowMbps, highMbps } = path;
  const { capacityMbps, statedMbps, carriedMbps, latencyMs, ageMs } = path;
  const optional = (value: number | undefined, text: (value: number) => string) =>
    value === undefined ? '-' : text(value);
  return [
    from,
    to,
    availableMbps === undefined ? 'unknown' : rate(availableMbps),
    `${rate(lowMbps)} to ${rate(highMbps)}`,
    `${optional(capacityMbps, rate)}${statedMbps === undefined ? '' : ` ! ${rate(statedMbps)} stated`}`,
    optional(carriedMbps, rate),
    optional(latencyMs, duration),
    method,
    duration(ageMs),
  ];
}

/** Groups of paths that queue together, surest first. */
export function bottleneckLines(bottlenecks: readonly SharedBottleneck[]): string[] {
  if (bottlenecks.length === 0) return ['No paths were seen to share a bottleneck.'];
  const lines = [...bottlenecks]
    .sort((a, b) => b.confidence - a.confidence)
    .map(({ paths, capacityMbps, confidence }) => {
      const listed = paths.slice(0, maxPaths).map(({ from, to }) => `${from} > ${to}`);
      const rest = paths.length > maxPaths ? ` and ${paths.length - maxPaths} more` : '';
      const share = capacityMbps === undefined ? 'a bottleneck' : `${rate(capacityMbps)} Mb/s`;
      return `  ${listed.join(', ')}${rest} share ${share}, ${(confidence * 100).toFixed(0)} % sure`;
    });
  return ['Shared bottlenecks:', ...abridged(lines, maxBottlenecks, 'groups')];
}
