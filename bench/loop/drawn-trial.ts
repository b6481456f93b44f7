import type { Application } from '../../agents/emulated/application.js';
import type { CrossTraffic } from '../../agents/emulated/cross-traffic.js';
import type { Lie } from '../../agents/emulated/lie.js';
import type { ObservationWeather } from '../../agents/emulated/observation-weather.js';
import type { Pattern } from '../../agents/emulated/patterns.js';
import type { HostConduct, Scenario } from '../../agents/emulated/scenario.js';
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

/** One scenario in one fleet, in two acts: the second begins where the first has led to. */
export interface Trial {
  seed: number;
  kind: TrialKind;
  fleet: DrawnFleet;
  weather: ObservationWeather;
  first: Act;
  /** Null if nothing ever changes. */
  second: ((busiest: Busiest) => Act) | null;
}

export interface Act {
  /** For people: what is played. */
  title: string;
  scenario: Scenario;
}

/** What carries most for the applications, when something is to happen to it. */
export interface Busiest {
  resource: string;
  /** A link of two hosts that are not the Proxy, which carries a fast path if there is any. */
  link: { a: string; b: string };
  /** Of those with VMs. */
  host: string;
}

const beginMs = 2000;
/** How long an act lasts that another one follows, and one that is the last. */
export const actMs = beginMs + 7 * smoothingMs;
export const lastActMs = 12 * smoothingMs;
/** After a change the fleet may go on improving for this long; then it has settled. */
export const settledAfterMs = 6 * smoothingMs;

/** The trial of a seed. Kinds take turns. */
export function drawTrial(seed: number): Trial {
  const lot = new Lot(seed);
  const kind = trialKinds[seed % trialKinds.length] ?? 'stationary';
  const groups = lot.one([[4], [5], [3, 3], [4, 3], [4, 4]]);
  const fleet = drawFleet(lot, groups, seed);
  const programs = drawPrograms(lot, fleet, groups);
  const others = drawPrograms(lot, fleet, groups);
  const hidden = kind === 'cross traffic' && lot.between(0, 1) < 0.4 ? [drawCrossTraffic(lot, fleet, null)] : [];
  const begun = programs.map((program) => ({ ...program, application: { ...program.application, fromMs: beginMs } }));
  const first = act(seed, fleet, begun, { crossTraffic: hidden });
  const seconds: Record<TrialKind, Trial['second']> = {
    stationary: null,
    'pattern change': () => act(-seed, fleet, others),
    'link failure': ({ link }) => act(-seed, fleet, programs, { failures: [{ ...link, fromMs: 0 }] }),
    'cross traffic': ({ resource }) => {
      return act(-seed, fleet, programs, { crossTraffic: [...hidden, drawCrossTraffic(lot, fleet, resource)] });
    },
    'lying host': ({ host }) => {
      return act(-seed, fleet, programs, { conduct: [{ host, kind: 'lies', fromMs: 0, ...lot.one(lies) }] });
    },
    'silent host': ({ host }) => {
      const conduct: HostConduct = { host, kind: lot.one(['mute', 'gone']), fromMs: 0 };
      return act(-seed, fleet, lot.one([programs, others]), { conduct: [conduct] });
    },
  };
  const weather = { seed, lost: 0.02, duplicated: 0.02, late: 0.03, delayMs: 20, lateMs: 1500 };
  return { seed, kind, fleet, weather, first, second: seconds[kind] };
}

interface Program {
  name: string;
  application: Application;
}

function act(
  seed: number,
  { sites }: DrawnFleet,
  programs: readonly Program[],
  { crossTraffic = [], failures = [], conduct = [] }: Partial<Scenario> = {},
): Act {
  const names = programs.map(({ name }) => name).join(' and ');
  const events = [...crossTraffic, ...failures, ...conduct].map((each) => `, ${JSON.stringify(each)}`).join('');
  const hosts = sites.map((site) => `${site.hosts.length} x ${site.interfaceMbps}`).join(', ');
  const applications = programs.map(({ application }) => application);
  const scenario = { seed, durationMs: 1e6, applications, crossTraffic, failures, conduct };
  return { title: `${names}${events} on ${hosts}`, scenario };
}

/** One for each group of VMs; which VMs are in a group is drawn as well. */
function drawPrograms(lot: Lot, fleet: DrawnFleet, groups: readonly number[]): Program[] {
  const guests = lot.shuffled(fleet.vms.map(({ name }) => name));
  return groups.map((size) => drawProgram(lot, fleet, guests.splice(0, size)));
}

/** A program that any site's interfaces carry, if it gets all guests into one, and no trunk. */
function drawProgram(lot: Lot, { sites }: DrawnFleet, guests: string[]): Program {
  const [shape, pattern] = lot.one([...patternsOf(guests.length)]);
  const slowest = Math.min(...sites.map(({ interfaceMbps }) => interfaceMbps));
  const peakMbps = Math.round((lot.between(0.25, 0.5) * slowest) / busiestWeight(pattern));
  const phases = lot.between(0, 1) < 0.3 ? { periodMs: lot.whole(8, 30) * 100, busyMs: 500 } : null;
  const noise = { share: lot.between(0, 0.2), everyMs: 500 };
  const background = lot.one([0, 0.01, 0.03]);
  return {
    name: `${shape} of ${guests.length}, ${peakMbps} Mb/s${phases ? `, busy 500 of ${phases.periodMs} ms` : ''}`,
    application: { pattern, guests, peakMbps, fromMs: 0, noise, background, ...(phases ? { phases } : {}) },
  };
}

/** What the guest that sends or receives most does, in peaks. */
function busiestWeight({ size, edges }: Pattern): number {
  const sums = Array.from({ length: size }, (_, place) => {
    const sum = (end: 'from' | 'to') => edges.reduce((all, each) => all + (each[end] === place ? each.weight : 0), 0);
    return Math.max(sum('from'), sum('to'));
  });
  return Math.max(...sums);
}

/** On `busiest`, or if that is null on any interface. */
function drawCrossTraffic(lot: Lot, { sites }: DrawnFleet, busiest: string | null): CrossTraffic {
  const anyHost = lot.one(lot.one(sites).hosts);
  const resource = busiest ?? `${anyHost}/eth0 ${lot.one(['in', 'out'])}`;
  const capacityMbps =
    sites.find(({ hosts }) => hosts.some((host) => resource.startsWith(`${host}/`)))?.interfaceMbps ?? 10;
  const rateMbps = Math.round(lot.between(0.4, 0.9) * capacityMbps);
  if (lot.between(0, 1) < 0.6) return { kind: 'constant', resource, rateMbps };
  const meanMs = lot.whole(2, 10) * 100;
  return { kind: 'on-off', resource, rateMbps, meanOnMs: meanMs, meanOffMs: meanMs };
}

const lies: Required<Pick<Lie, 'matrix' | 'links' | 'paths'>>[] = [
  { matrix: 5, links: 1, paths: 1 },
  { matrix: 0.2, links: 1, paths: 1 },
  { matrix: 1, links: 1, paths: 5 },
  { matrix: 1, links: 1, paths: 0.2 },
  { matrix: 1, links: 3, paths: 1 },
];
