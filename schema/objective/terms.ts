import type { Interval } from './interval.js';
import { noUnit, rateUnit, timeUnit, type Unit } from './units.js';

/** What has a value of its own: each edge, each path, each host, each VM, or the whole configuration. */
export type Level = 'edge' | 'path' | 'host' | 'vm' | 'whole';
export type RowLevel = Exclude<Level, 'whole'>;

/** The level that values of edges are aggregated to. */
export type ObjectiveLevel = 'edge' | 'path';

export interface Term {
  level: Level;
  unit: Unit;
  /** Every value lies within; whoever fills the columns sees to it. */
  range: Interval;
  /** Whether values change when other demands share an edge. */
  followsLoad: boolean;
  meaning: string;
}

const mostMbps = 1e9;
const share: Interval = { low: 0, high: 1 };
const upTo = (high: number): Interval => ({ low: 0, high });

/** Terms that are measured or counted. */
export const terms = {
  residual: {
    ...{ level: 'edge', unit: rateUnit, range: upTo(mostMbps), followsLoad: true },
    meaning: 'Residual capacity rc_e: what the demands leave of the capacity; 0 where they exceed it.',
  },
  capacity: {
    ...{ level: 'edge', unit: rateUnit, range: upTo(mostMbps), followsLoad: false },
    meaning: 'Capacity bw_e of the unloaded edge, that of its narrowest resource.',
  },
  load: {
    ...{ level: 'edge', unit: rateUnit, range: upTo(mostMbps), followsLoad: true },
    meaning: 'Rates of the demands whose paths use the edge, added up.',
  },
  utilisation: {
    ...{ level: 'edge', unit: noUnit, range: share, followsLoad: true },
    meaning: 'Share of the capacity in use at the most loaded resource of the edge; 1 where it is exceeded.',
  },
  latency: {
    ...{ level: 'edge', unit: timeUnit, range: upTo(1e6), followsLoad: false },
    meaning: 'Latency lat_e; 0 inside a host.',
  },
  demand: {
    ...{ level: 'path', unit: rateUnit, range: upTo(mostMbps), followsLoad: false },
    meaning: 'Rate b_i of the demand that takes the path.',
  },
  unmet: {
    ...{ level: 'path', unit: rateUnit, range: upTo(mostMbps), followsLoad: true },
    meaning: 'What the path does not carry of its demand.',
  },
  hops: {
    ...{ level: 'path', unit: noUnit, range: upTo(1e4), followsLoad: false },
    meaning: 'Overlay links of the path; 0 between VMs of one host.',
  },
  computeUse: {
    ...{ level: 'host', unit: noUnit, range: share, followsLoad: false },
    meaning: 'Share of its compute that the VMs on the host take; 0 on a host without compute.',
  },
  memoryUse: {
    ...{ level: 'host', unit: noUnit, range: share, followsLoad: false },
    meaning: 'Share of its memory that the VMs on the host take; 0 on a host without memory.',
  },
  guests: {
    ...{ level: 'host', unit: noUnit, range: upTo(1e6), followsLoad: false },
    meaning: 'VMs on the host.',
  },
  migration: {
    ...{ level: 'vm', unit: timeUnit, range: upTo(1e10), followsLoad: false },
    meaning: 'Time that migrate() takes for the VM; 0 for one that stays or has not started.',
  },
  moves: {
    ...{ level: 'whole', unit: noUnit, range: upTo(1e7), followsLoad: false },
    meaning: 'VMs that leave the host they run on.',
  },
  hostsUsed: {
    ...{ level: 'whole', unit: noUnit, range: upTo(1e6), followsLoad: false },
    meaning: 'Hosts with at least one VM.',
  },
  fastPathLinks: {
    ...{ level: 'whole', unit: noUnit, range: upTo(1e8), followsLoad: false },
    meaning: 'Links in use beside the star.',
  },
  reservedLinks: {
    ...{ level: 'whole', unit: noUnit, range: upTo(1e8), followsLoad: false },
    meaning: 'Links in use that are reserved.',
  },
} as const satisfies Record<string, Term>;

export type TermName = keyof typeof terms;

export function isTermName(name: string): name is TermName {
  return Object.hasOwn(terms, name);
}

/** Terms that stand for an expression at path level. */
export const abbreviations = {
  bottleneck: { definition: 'min(residual)', meaning: 'Bottleneck residual capacity brc of the path.' },
  pathLatency: { definition: 'sum(latency)', meaning: 'Total latency tl of the path.' },
} as const satisfies Record<string, { definition: string; meaning: string }>;

export type Abbreviation = keyof typeof abbreviations;

export function isAbbreviation(name: string): name is Abbreviation {
  return Object.hasOwn(abbreviations, name);
}

/** How many edges a path has, and how many paths, edges in use, hosts and VMs there are. */
export const rowCounts: Record<'edgesOfPath' | RowLevel, Interval> = {
  edgesOfPath: { low: 1, high: 1e4 },
  edge: { low: 0, high: 1e7 },
  path: { low: 0, high: 1e7 },
  host: { low: 1, high: 1e6 },
  vm: { low: 0, high: 1e7 },
};
