import type { ApplicationView, ComputeDemand, DemandList, VmDemand } from '../schema/generated/types.js';
import { abridged, byNumber, duration, rate } from './abridged.js';
import { columns } from './columns.js';
import { heatMatrix } from './heat-matrix.js';

const maxRows = 20;
const maxWidth = 80;

/** What VTTIF infers: a picture of each network's matrix, the applications in it, the largest demands, processors. */
export function demandsText(list: DemandList, nowMs: number): string {
  const { demands, applications, computes, declaredAtMs, smoothingIntervalMs } = list;
  if (demands.length === 0) {
    const interval = duration(smoothingIntervalMs);
    return `No demands: VMs have not talked to one another, or not for long enough yet (the smoothing interval is ${interval}).\n`;
  }
  const since = declaredAtMs === null ? '' : `Declared ${duration(Math.max(0, nowMs - declaredAtMs))} ago.`;
  const networks = [...new Set(demands.map(({ network }) => network))].sort();
  const parts = [
    ...networks.map((network) => networkLines(network, demands, applications)),
    demandRows(demands),
    ...(computes.length > 0 ? [computeRows(computes)] : []),
    ...(since === '' ? [] : [[since]]),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

export const sourceName = ({ source, sourceVm }: VmDemand): string => sourceVm ?? source;
export const destinationName = ({ destination, destinationVm }: VmDemand): string => destinationVm ?? destination;

/** `all-to-all of 3 VMs, 93 % sure, repeats every 1.2 s: vm-1 vm-2 vm-3`, cut so that it fits beside `indent` characters. */
export function applicationText({ shape, confidence, periodMs, members }: ApplicationView, indent: number): string {
  const names = members.map(({ vm, address }) => vm ?? address).sort(byNumber);
  const what = shape === 'none' ? 'no known shape' : shape;
  const period = periodMs === undefined ? '' : `, repeats every ${duration(periodMs)}`;
  const start = `${what} of ${names.length} VMs, ${(confidence * 100).toFixed(0)} % sure${period}:`;
  const whole = [start, ...names].join(' ');
  const room = maxWidth - indent - ' ...'.length;
  return whole.length <= maxWidth - indent ? whole : `${whole.slice(0, whole.lastIndexOf(' ', room))} ...`;
}

function networkLines(network: string, all: readonly VmDemand[], applications: readonly ApplicationView[]): string[] {
  const demands = all.filter((each) => each.network === network);
  const own = applications.filter((each) => each.network === network);
  const names = inApplications(demands, own);
  const places = new Map(names.map((name, index) => [name, index]));
  const cells = demands.map((demand) => ({
    row: places.get(sourceName(demand)) ?? 0,
    column: places.get(destinationName(demand)) ?? 0,
    value: demand.rateMbps,
  }));
  const total = demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  return [
    `${network}: ${names.length} VMs, ${demands.length} demands, ${rate(total)} Mb/s in all`,
    ...heatMatrix({ names, cells, what: 'VMs', unit: 'Mb/s', fold: { name: 'sum', of: (a, b) => a + b } }),
    ...abridged(
      own.map((each) => `  ${applicationText(each, 2)}`),
      maxRows,
      'applications',
    ),
  ];
}

/** VMs of one application stand together. */
function inApplications(demands: readonly VmDemand[], applications: readonly ApplicationView[]): string[] {
  const grouped = applications.flatMap(({ members }) => members.map(({ vm, address }) => vm ?? address).sort(byNumber));
  const others = demands.flatMap((demand) => [sourceName(demand), destinationName(demand)]).sort(byNumber);
  return [...new Set([...grouped, ...others])];
}

function demandRows(demands: readonly VmDemand[]): string[] {
  const rows = [...demands]
    .sort((a, b) => b.rateMbps - a.rateMbps)
    .map((demand) => [
      sourceName(demand),
      destinationName(demand),
      rate(demand.rateMbps),
      demand.deviationMbps === undefined ? '-' : rate(demand.deviationMbps),
      demand.origin,
    ]);
  const [head = '', ...lines] = columns([['FROM', 'TO', 'MBIT/S', 'DEVIATION', 'ORIGIN'], ...rows], [2, 3]);
  return [head, ...abridged(lines, maxRows, 'demands')];
}

function computeRows(computes: readonly ComputeDemand[]): string[] {
  const rows = [...computes]
    .sort((a, b) => b.cores - a.cores)
    .map(({ guest, cores, deviationCores, waitShare }) => {
      return [guest, cores.toFixed(2), deviationCores.toFixed(2), `${(waitShare * 100).toFixed(0)} %`];
    });
  const [head = '', ...lines] = columns([['VM', 'CORES', 'DEVIATION', 'WAITS'], ...rows], [1, 2, 3]);
  return [head, ...abridged(lines, maxRows, 'VMs')];
}
