import type { ObjectiveRank } from '../../schema/objective/read-objective.js';
import type { Processors, RunningSchedule } from './schedule.js';

/**
 * The optimisation problem of VADAPT in indices: hosts, VMs, demands and resources are numbered by their place in the lists.
 * The overlay graph is G = (H, E); an edge uses one or several resources (an interface, a trunk between sites), so that edges
 * that share a bottleneck share its capacity. Seed: "VADAPT", equations 2 and 3.
 */
export interface Problem {
  hosts: ProblemHost[];
  vms: ProblemVm[];
  demands: ProblemDemand[];
  resources: Resource[];
  /** Directed; at most one for each ordered pair of hosts. No edge: no link is possible in that direction. */
  edges: ProblemEdge[];
  /** Instead of edges: every host reaches every other at once, and no capacity binds. */
  distances?: Distances;
  objective: ProblemObjective;
  /** VMs that must be together or apart. */
  groups?: ProblemGroup[];
  /** With what probability each demand is to be met, where capacities and rates are normal variables; left out, means are taken for certain. */
  confidence?: number;
  /** Constraint c on links beside the star; null does not limit. */
  fastPath: FastPathConstraint | null;
  /** Most VMs that may leave the host they run on, or as few as have to if those are more; left out, any number. */
  maxMigrations?: number;
  /** What migrations of one pass may take together, VMs that have to leave included. */
  migrationBudget?: { moves?: number; seconds?: number; mib?: number };
}

/** Latency between hosts in ms: each pair's own, or by the smallest zone that both are in. */
export type Distances =
  | { kind: 'matrix'; latencyMs: number[][] }
  /** Levels from the smallest zones outwards; `latencyMs` between hosts that share a zone of that level but of none below. */
  | { kind: 'zones'; levels: { name: string; zoneOf: number[]; latencyMs: number }[]; beyondMs: number };

export interface ProblemGroup {
  name: string;
  /** `together`: all on one host, or at one site. `apart`: no two of them. */
  kind: 'together' | 'apart';
  within: 'host' | 'site';
  vms: number[];
}

export interface ProblemHost {
  name: string;
  /** compute(h) and size(h) that VMs may use. */
  computeCores: number;
  memoryMib: number;
  /** Null: any number of VMs. */
  maxGuests: number | null;
  /** Place of its site among all sites. */
  site?: number;
  /** Left out: not limited. */
  diskGib?: number;
  /** Each keeps schedules that sum up to no more than it has; left out: any schedules are kept. */
  processors?: Processors;
  /** Resource that co-located VMs share: the host's finite internal capacity. */
  internal: number;
}

export interface ProblemVm {
  name: string;
  /** vm_compute(v) and vm_size(v). */
  computeCores: number;
  memoryMib: number;
  /** Host it runs on; null while it runs nowhere. */
  current: number | null;
  /** Hosts it may run on (pins, sites, drivers, silent hosts), ascending. */
  allowed: number[];
  /** Proxy host of its virtual network: the middle of its star. */
  proxy: number;
  diskGib?: number;
  /** With the processors that it has on the host it runs on. */
  schedule?: RunningSchedule;
  /** What migrate() has to carry; left out, a migration takes no time. */
  migration?: MigrationLoad;
}

/** State that is copied while the VM runs, at the rate at which it changes. */
export interface MigrationLoad {
  stateMib: number;
  dirtyMbps: number;
  /** Longest that it may take. */
  maxSeconds?: number;
}

export interface ProblemDemand {
  source: number;
  destination: number;
  rateMbps: number;
  /** Standard deviation. */
  deviationMbps?: number;
  /** Latency of its path at most. */
  maxLatencyMs?: number;
}

export interface Resource {
  name: string;
  capacityMbps: number;
  /** Standard deviation of a capacity that was estimated; left out: the figure is taken for certain. */
  deviationMbps?: number;
}

export interface ProblemEdge {
  from: number;
  to: number;
  /** Everything a frame on this edge uses; at least one. */
  resources: number[];
  latencyMs: number;
  isReserved?: boolean;
}

/** `ranks` in the order in which they decide; without them, what the level means. */
export interface ProblemObjective {
  /** `path`: sum over demands of the residual bottleneck of their paths (eq. 2); `edge`: sum over used edges of their residual capacity. */
  level: 'path' | 'edge';
  goal: 'maximise' | 'minimise';
  ranks?: readonly ObjectiveRank[];
}

export type FastPathConstraint =
  | { kind: 'count'; links: number }
  | { kind: 'intensity-share'; share: number }
  | { kind: 'bandwidth'; mbps: number };

/** Value of a configuration. Compared by `unmetMbps` first, then rank by rank, each in the direction of its goal. */
export interface ProblemScore {
  /** Demand beyond what paths carry when each overloaded resource is shared in proportion. */
  unmetMbps: number;
  /** By rank of the objective, in its own unit; without ranks, one: what the level means. */
  values: number[];
}

/** What no configuration is better than. */
export interface ProblemBound {
  unmetMbps: number;
  /** Of the first rank, where as little is unmet; infinite where nothing is known. */
  value: number;
}

export interface Solution {
  /** Host of each VM. */
  mapping: number[];
  /** For each demand, the hosts a frame visits, from the source's to the destination's; one host when co-located. */
  paths: number[][];
  score: ProblemScore;
  bound: ProblemBound;
  /** Nothing is better, or only by rounding. */
  isProved: boolean;
  /** Changes that were tried, by all searches together. */
  iterations: number;
  /** What found it: `greedy-pairs`, `greedy-order`, `annealing`, ... */
  algorithm: string;
}

/** No mapping satisfies the hard constraints, or none was found. */
export interface Infeasible {
  kind: 'infeasible';
  /** VMs that cannot all be placed, by name; none where it is not known which. */
  vms: string[];
  /** What stands in their way: no mapping of these VMs keeps all of it. None where it is not known. */
  constraints: NamedConstraint[];
  /** Without any one of the VMs or constraints named, there would be a mapping. */
  isMinimal: boolean;
  message: string;
}

/** A hard constraint on mappings, by the names of what it is about. */
export type NamedConstraint =
  | { kind: 'host'; host: string; of: 'compute' | 'memory' | 'disk' | 'guests' | 'processors' }
  /** The hosts that a VM may run on: pins, sites, drivers, silent hosts. */
  | { kind: 'allowed-hosts'; vm: string }
  | { kind: 'group'; group: string }
  /** How long a VM's migration may take. */
  | { kind: 'longest-migration'; vm: string }
  /** Budgets of all migrations together. */
  | { kind: 'moves' | 'migration-seconds' | 'migration-mib' };
