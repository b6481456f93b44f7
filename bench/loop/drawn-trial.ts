import type { Application } from '../../agents/emulated/application.js';
import type { CrossTraffic } from '../../agents/emulated/cross-traffic.js';
import type { ObservationWeather } from '../../agents/emulated/observation-weather.js';
import type { Pattern } from '../../agents/emulated/patterns.js';
import type { HostConduct, Lie, Scenario } from '../../agents/emulated/scenario.js';
import { type DrawnFleet, drawFleet, smoothingMs } from './drawn-fleet.js';
import { Lot } from './lot.js';
import { patternsOf } from './patterns.js';

export const trialKinds = [
  'stationary',
  'pattern change',
  'link failure',
  'cross traffic',
  'lying host',
  'silent host',
] as const;
export type TrialKind = (typeof trialKinds)[number];

/** One scenario in one fleet. */
export interface Trial {
  seed: number;
  kind: TrialKind;
  /** For people: what is played. */
  title: string;
  fleet: DrawnFleet;
  scenario: Scenario;
  weather: ObservationWeather;
  /** When something changes, since the scenario began: what has to be adapted to. */
  changesMs: number[];
  /** At the last change a link that carries a fast path fails. */
  cutsFastPath: boolean;
}

const beginMs = 2000;
export const changeMs = beginMs + 7 * smoothingMs;
/** After a change the fleet may go on improving for this long; then it has settled. */
export const settledAfterMs = 6 * smoothingMs;
export const endMs = changeMs + 12 * smoothingMs;

/** The trial of a seed. Kinds take turns. */
export function drawTrial(seed: number): Trial {
  const lot = new Lot(seed);
  const kind = trialKinds[seed % trialKinds.length] ?? 'stationary';
  const size = lot.whole(4, 6);
  const fleet = drawFleet(lot, size, seed);
  const first = drawProgram(lot, fleet);
  const untilMs = kind === 'pattern change' ? changeMs : undefined;
  const applications: Application[] = [
    { ...first.application, fromMs: beginMs, ...(untilMs === undefined ? {} : { untilMs }) },
  ];
  let title = first.name;
  if (kind === 'pattern change') {
    const second = drawProgram(lot, fleet);
    applications.push({ ...second.application, fromMs: changeMs });
    title += `, then ${second.name}`;
  }
  const crossTraffic = kind === 'cross traffic' ? [drawCrossTraffic(lot, fleet)] : [];
  const conduct = kind === 'lying host' || kind === 'silent host' ? [drawConduct(lot, fleet, kind)] : [];
  title += [...crossTraffic, ...conduct].map((each) => `, ${JSON.stringify(each)}`).join('');
  return {
    seed,
    kind,
    title: `${title}; ${fleet.sites.map(({ hosts, interfaceMbps }) => `${hosts.length} x ${interfaceMbps}`).join(', ')}`,
    fleet,
    scenario: { seed, durationMs: endMs + smoothingMs, applications, crossTraffic, failures: [], conduct },
    weather: { seed, lost: 0.02, duplicated: 0.02, late: 0.03, delayMs: 20, lateMs: 1500 },
    changesMs: kind === 'stationary' ? [beginMs] : [beginMs, changeMs],
    cutsFastPath: kind === 'link failure',
  };
}

/** A program that any site's interfaces carry, if it gets all guests into one, and no trunk. */
function drawProgram(lot: Lot, { sites, vms }: DrawnFleet): { name: string; application: Omit<Application, 'fromMs'> } {
  const [shape, pattern] = lot.one([...patternsOf(vms.length)]);
  const slowest = Math.min(...sites.map(({ interfaceMbps }) => interfaceMbps));
  const peakMbps = Math.round((lot.between(0.2, 0.45) * slowest) / busiestWeight(pattern));
  const phases = lot.between(0, 1) < 0.3 ? { phases: { periodMs: lot.whole(8, 30) * 100, busyMs: 500 } } : {};
  const noise = { share: lot.between(0, 0.2), everyMs: 500 };
  const guests = lot.shuffled(vms.map(({ name }) => name));
  const name = `${shape} of ${guests.length}, ${peakMbps} Mb/s${phases.phases ? `, period ${phases.phases.periodMs} ms` : ''}`;
  const background = lot.one([0, 0.01, 0.03]);
  return { name, application: { pattern, guests, peakMbps, ...phases, noise, background } };
}

/** What the guest that sends or receives most does, in peaks. */
function busiestWeight({ size, edges }: Pattern): number {
  const sums = Array.from({ length: size }, (_, place) => {
    const sum = (end: 'from' | 'to') => edges.reduce((all, each) => all + (each[end] === place ? each.weight : 0), 0);
    return Math.max(sum('from'), sum('to'));
  });
  return Math.max(...sums);
}

function drawCrossTraffic(lot: Lot, { sites }: DrawnFleet): CrossTraffic {
  const site = lot.one(sites);
  const resource = `${lot.one(site.hosts)}/eth0 ${lot.one(['in', 'out'])}`;
  const share = lot.between(0.3, 0.8);
  if (lot.between(0, 1) < 0.5) {
    return { kind: 'steps', resource, steps: [{ atMs: changeMs, rateMbps: share * site.interfaceMbps }] };
  }
  const meanOnMs = lot.whole(2, 20) * 100;
  return { kind: 'on-off', resource, rateMbps: share * site.interfaceMbps, meanOnMs, meanOffMs: meanOnMs };
}

const lies: Required<Pick<Lie, 'matrix' | 'links' | 'paths'>>[] = [
  { matrix: 5, links: 1, paths: 1 },
  { matrix: 0.2, links: 1, paths: 1 },
  { matrix: 1, links: 1, paths: 5 },
  { matrix: 1, links: 1, paths: 0.2 },
  { matrix: 1, links: 3, paths: 1 },
];

function drawConduct(lot: Lot, { sites, proxy }: DrawnFleet, kind: TrialKind): HostConduct {
  const host = lot.one(sites.flatMap(({ hosts }) => hosts).filter((each) => each !== proxy));
  if (kind === 'lying host') return { host, kind: 'lies', fromMs: changeMs, ...lot.one(lies) };
  return { host, kind: lot.one(['mute', 'gone']), fromMs: changeMs };
}
