import type { PathKnowledge, Topology } from '../schema/generated/types.js';
import { abridged, byNumber, rate } from './abridged.js';
import { columns } from './columns.js';
import { applicationText } from './demands-text.js';
import { heatMatrix } from './heat-matrix.js';
import { bottleneckLines } from './paths-text.js';

const maxRows = 20;
const maxWidth = 80;
/** So many hosts may have figures instead of characters. */
const maxFigures = 12;

/** Applications above, the underlay below, and where they meet. */
export function topologyText({ hosts, applications, demands, paths, bottlenecks }: Topology): string {
  const total = demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  const recognised = [`Applications: ${demands.length} demands, ${rate(total)} Mb/s in all`];
  const lines = applications.map((each) => {
    const start = `  ${each.network}: `;
    return start + applicationText(each, start.length);
  });
  const parts = [
    applications.length === 0
      ? ['No applications are recognised yet.']
      : [...recognised, ...abridged(lines, maxRows, 'applications')],
    hostLines(hosts),
    paths.length === 0 ? ['Nothing is known of paths yet.'] : pathLines(paths),
    bottleneckLines(bottlenecks),
  ];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

function hostLines(hosts: Topology['hosts']): string[] {
  const rows = [...hosts]
    .sort((a, b) => byNumber(a.name, b.name))
    .map(({ name, site, vms }) => [name, site, vms.join(' ')]);
  const [head = '', ...lines] = columns([['HOST', 'SITE', 'VMS'], ...rows]);
  return [head, ...abridged(lines, maxRows, 'hosts')];
}

function pathLines(paths: readonly PathKnowledge[]): string[] {
  const names = [...new Set(paths.flatMap(({ from, to }) => [from, to]))].sort(byNumber);
  const title = 'Available bandwidth in Mb/s, from row to column';
  const table = names.length > maxFigures ? [] : figures(names, paths);
  if (table.length > 0 && table.every((line) => line.length <= maxWidth)) {
    return [`${title} (> at least, . unknown):`, ...table];
  }
  const places = new Map(names.map((name, index) => [name, index]));
  const cells = paths.map(({ from, to, availableMbps, lowMbps }) => {
    return { row: places.get(from) ?? 0, column: places.get(to) ?? 0, value: availableMbps ?? lowMbps };
  });
  return [
    `${title}:`,
    ...heatMatrix({ names, cells, what: 'hosts', unit: 'Mb/s', fold: { name: 'least', of: Math.min } }),
  ];
}

function figures(names: readonly string[], paths: readonly PathKnowledge[]): string[] {
  const known = new Map(paths.map((path) => [`${path.from} ${path.to}`, path]));
  const rows = names.map((from) => {
    return [from, ...names.map((to) => (from === to ? '' : figure(known.get(`${from} ${to}`))))];
  });
  const right = names.map((_, column) => column + 1);
  return columns([['', ...names], ...rows], right).map((line) => `  ${line}`);
}

function figure(path: PathKnowledge | undefined): string {
  if (path === undefined) return '.';
  return path.availableMbps === undefined ? `>${rate(path.lowMbps)}` : rate(path.availableMbps);
}
