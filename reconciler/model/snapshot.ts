import type {
  AdjustedSchedule,
  Capabilities,
  ChangeLimit,
  DemandLine,
  ForeignChange,
  GuestSpec,
  HostReport,
  LinkEnd,
  NetworkAttachment,
  Outage,
  PathKnowledge,
  ProcessOperator,
  RecentChange,
  RecentMove,
  ScheduleBounds,
  SharedBottleneck,
  SshServer,
  StunServer,
} from '../../schema/generated/types.js';
import type { LinkPolicies } from '../../schema/link-policy/stated-policy.js';
import type { StatedSchedule } from '../../schema/schedule.js';
import type { FleetState } from './fleet-state.js';
import type { FastPathConstraint, MigrationLoad, ProblemObjective } from './problem.js';
import type { Processors } from './schedule.js';

/** Documents and observations joined into one consistent picture, quantities as numbers, everything sorted by name. */
export interface Snapshot {
  nowMs: number;
  source: string;
  hosts: SnapshotHost[];
  underlays: SnapshotUnderlay[];
  networks: SnapshotNetwork[];
  vms: SnapshotVm[];
  /** Guests that run but that no document wants (any more). */
  strays: { guest: GuestSpec; host: string }[];
  /** Those of `vms` that no document wants any more, and that `prune` keeps; left out: none. */
  kept?: string[];
  /** VMs that several hosts report as running. Never so in normal operation: `kept` is the one that `SnapshotVm.host` names. */
  conflicts: { vm: string; hosts: string[]; kept: string }[];
  demands: DemandLine[];
  /** The application topology looks another than the demands say, but not for long enough to be known. */
  isChanging: boolean;
  /** Migrations that were carried out not long ago, in their order. */
  moves: RecentMove[];
  /** Stopped VMs and re-routed links of the last hour; left out: none, or no limit asks. */
  changes?: RecentChange[];
  /** What others have changed since the newest commit, in its order; left out: nothing. */
  foreign?: ForeignChange[];
  /** Links that cannot be counted on: no path is led over them. */
  outages: Outage[];
  /** What may link which sites; left out: nothing is written, and everything may be. */
  linkPolicies?: LinkPolicies;
  /** What Wren has learnt of paths between hosts, and which of them queue together. */
  paths: PathKnowledge[];
  bottlenecks: SharedBottleneck[];
  objective: ProblemObjective;
  fastPath: FastPathConstraint | null;
  migrationBudget: { seconds?: number; mib?: number };
  /** VMs that must be together or apart. */
  groups: { name: string; kind: 'together' | 'apart'; within: 'host' | 'site'; vms: string[] }[];
  adaptation: AdaptationParameters;
  /** What the reconciler leaves as it is, by object; left out: nothing. */
  suspended?: Suspended[];
  limits: { name: string; spec: ChangeLimit['spec'] }[];
  /** What the hosts report to be in effect. */
  current: FleetState;
}

/** An object that is left as it is. */
export interface Suspended {
  /** `host/NAME`, `virtual-network/NAME`, `vm-set/NAME` or `vm/NAME`. */
  object: string;
  /** What carries the annotation: the object itself, or one that it depends on, as `site/NAME`. */
  by: string;
}

export interface SnapshotHost {
  name: string;
  site: string;
  /** Compute that VMs may use: capacity less the share kept for ordinary processes. */
  computeCores: number;
  memoryMib: number;
  /** Left out: not limited. */
  diskGib?: number;
  maxGuests: number | null;
  /** For schedules; no more than its agent has. */
  processors: Processors;
  internalMbps: number;
  interfaces: SnapshotInterface[];
  /** Pin of its agent's key. */
  agentKey: string | null;
  /** Left out: nobody schedules its processes. */
  operators?: ProcessOperator[];
  /** Its SSH server, for links through it. */
  ssh: SshServer | null;
  /** `silent`: has reported before but is not connected; `unknown`: has never reported. */
  presence: 'connected' | 'silent' | 'unknown';
  /** Connected, and planned with as if it were not. */
  isSuspended?: true;
  report: HostReport | null;
  capabilities: Capabilities | null;
}

export interface SnapshotInterface {
  name: string;
  network: string;
  /** IPv4 address without prefix length. */
  address: string;
  /** Null: does not limit. */
  rateMbps: number | null;
}

export interface SnapshotUnderlay {
  name: string;
  /** Links cross a path as its `carriage` says; over `udp` when left out. */
  within: { site: string; rateMbps: number | null; latencyMs: number; carriage?: Carriage }[];
  /** `sites` in alphabetical order. A rate that is null is not stated. */
  between: { sites: [string, string]; rateMbps: number | null; latencyMs: number; carriage?: Carriage }[];
}

/** How links cross a path of the underlay. */
export interface Carriage {
  type: LinkEnd['type'];
  /** Null: the type's own. */
  port: number | null;
  /** Site whose hosts listen; null: of two hosts the one with the smaller name. */
  listen: string | null;
  http: { secure: boolean; path: string; proxy: string | null };
  stun: StunServer | null;
}

/** As the Proxy's host takes part: others have no LAN. */
export type SnapshotNetwork = NetworkAttachment;

export interface SnapshotVm {
  name: string;
  set: string;
  spec: GuestSpec;
  pin: string | null;
  /** Null: any site. */
  sites: string[] | null;
  initialHost: string | null;
  diskGib?: number;
  migration?: MigrationLoad;
  /** Left out: an ordinary process. */
  schedule?: SnapshotSchedule;
  /** Host it runs on (or last ran on, when that host is silent); null while it runs nowhere. */
  host: string | null;
}

/** A schedule as documents state it, within what users may change it, and what one has put in its place. */
export interface SnapshotSchedule extends StatedSchedule {
  bounds?: ScheduleBounds[];
  /** One that has not lapsed. */
  adjusted?: AdjustedSchedule;
}

/** `Adaptation` with every default filled in. */
export interface AdaptationParameters {
  suspend: boolean;
  /** What becomes of VMs that no document wants any more. */
  prune: 'off' | 'confirm' | 'on';
  intervalMs: number;
  keepAliveMs: number;
  cron: { fields: string; timeZone: string } | null;
  /** When plans may be carried out; none: at any time. */
  applyWindows: ApplyWindow[];
  freezes: Freeze[];
  /** `margin`: share of what changed pairs got that may be lost; 1 for any. */
  verify: { margin: number; quarantineMs: number };
  vttif: VttifParameters;
  algorithm: 'engine' | 'greedy-pairs' | 'greedy-order' | 'annealing' | 'genetic';
  iterations: number;
  seed: number;
  minimumGain: number;
  /** With what probability demands are to be met; left out: means are certain. */
  confidence?: number;
  paybackMs: number;
  cooldownMs: number;
  returns: { windowMs: number; gainFactor: number; most: number };
}

/** Opens at each time that its cron fields name, for as long. */
export interface ApplyWindow {
  fields: string;
  timeZone: string;
  durationMs: number;
}

/** No plan is carried out from one time to another, in milliseconds since the epoch. */
export interface Freeze {
  fromMs: number;
  untilMs: number;
  reason: string;
}

export interface VttifParameters {
  samplingIntervalMs: number;
  smoothingIntervalMs: number;
  pruneThreshold: number;
  detectionThreshold: number;
  settleMs: number;
}
