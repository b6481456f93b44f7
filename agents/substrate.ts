import type {
  AdjustedSchedule,
  Capabilities,
  ClockReading,
  ConfigurationBound,
  Departure,
  DropCounter,
  Endpoint,
  Fault,
  GuestReport,
  GuestSpec,
  GuestUsage,
  HostClock,
  LinkCounters,
  LinkEnd,
  LinkReport,
  MatrixEntry,
  NetworkAttachment,
  PathEstimate,
  Rule,
  VmSchedule,
} from '../schema/generated/types.js';
import type { ProcessIdentity } from './linux/process-identity.js';
import type { Refusal, SchedulerBackend } from './vsched/scheduler-backend.js';

/**
 * What an agent stands on. Emulated hosts, lab hosts and real hosts differ in nothing but this. Calls never overlap, except for those that
 * users make of `vsched`: the agent awaits each before the next. What cannot be done comes back as faults; an exception is a bug.
 */
export interface Substrate {
  capabilities: Capabilities;
  vnet: VnetCore;
  vmm: Vmm;
  /** Undefined where no schedules are kept. */
  vsched?: Vsched;
  /** Undefined where packets cannot be looked at. */
  wren?: Wren;
  /** Releases what the agent process holds (descriptors, timers). Guests, links and forwarding stay. */
  close(): Promise<void>;
}

/** The VNET core of one host: links and forwarding, and the counters that VTTIF and Wren read. */
export interface VnetCore {
  /** Makes networks and link ends exist, or changes them; takes nothing away. */
  provide(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]>;
  /** Replaces the whole forwarding table; no frame sees a mix of the two. */
  forward(rules: Rule[]): Promise<Fault[]>;
  /** Takes away networks and link ends that are not listed. */
  retire(networks: NetworkAttachment[], links: LinkEnd[]): Promise<Fault[]>;
  /** What is in effect. */
  current(): Promise<VnetCurrent>;
  counters(): Promise<VnetCounters>;
  /** How NATs show this host's `stun` ports. */
  endpoints?(): Promise<Endpoint[]>;
  /** The time after which a link whose keep-alives are not answered is down. */
  keepAlive?(keepAliveMs: number): Promise<Fault[]>;
}

export interface VnetCurrent {
  networks: NetworkAttachment[];
  links: LinkReport[];
  rules: Rule[];
  /** Largest times measured for configuring; undefined before anything was. */
  bound?: ConfigurationBound;
}

/** Counters since `epoch` began. */
export interface VnetCounters {
  epoch: string;
  matrix: MatrixEntry[];
  links: LinkCounters[];
  drops: DropCounter[];
}

/** Runs guests on one host. */
export interface Vmm {
  /**
   * Starts guests that are listed and not here (unless they have `from`: those are awaited), sends those in `departures` to their
   * new host alive, stops and removes those in `removals`. Guests in none of the lists stay: nothing is destroyed by being left out,
   * except that a guest still awaited is no longer awaited. Resolves when local work is done; an awaited guest may still be on its way.
   */
  converge(guests: GuestSpec[], departures: Departure[], removals: string[]): Promise<Fault[]>;
  current(): Promise<GuestReport[]>;
  usage(): Promise<GuestUsage[]>;
  /** What has gone wrong with guests by itself, also since `converge`. Undefined where nothing can. */
  troubles?(): Promise<Fault[]>;
  /** The processes of each guest that is here, those that have run longest first. Undefined where guests have none. */
  processes?(): Promise<Map<string, ProcessIdentity[]>>;
}

/** Schedules guests of one host on its processors. */
export interface Vsched {
  /**
   * Keeps exactly these schedules; all guests without one are ordinary processes. If they cannot all be admitted, nothing changes. One of
   * a guest that is not here takes its share at once, and effect when the guest is. What users have put in place of a schedule holds
   * until it lapses (schema/adjusted-schedule.ts).
   */
  keep(schedules: VmSchedule[]): Promise<Fault[]>;
  /** From now on phases are counted on the common clock, from which this host's is so far; before, on the host's own. */
  follow?(clock: HostClock): Promise<void>;
  /** What was admitted, with what users have put in its place. */
  current(): Promise<VmSchedule[]>;
  /** Puts guests that have come, or have started again, under their schedules. Gives which schedules are not in force, and why. */
  enforce?(): Promise<Fault[]>;
  /** Puts a user's choice in place of a schedule, if it fits beside the others. That the user may choose so was checked before. */
  adjust(vm: string, adjusted: AdjustedSchedule): Promise<{ kind: 'granted' } | Refusal>;
  /** What schedules processes on this host, those of guests and others. Undefined where there are no processes. */
  readonly backend?: SchedulerBackend | undefined;
}

/** Looks at the packets of links as they pass, and sends none. */
export interface Wren {
  /** What was learnt of paths in the last minute, by peer, then direction. Each bin of queueing delay is told once. */
  paths(): Promise<PathEstimate[]>;
  /** How the clocks of peers differ from this host's, by packets that came since the last call. */
  clocks?(): Promise<ClockReading>;
  /** Undefined where nothing is recorded. */
  readonly traces?: TraceSource | undefined;
}

/** What is recorded of packets. */
export interface TraceSource {
  /** Forgets what was not taken: traces begin anew. */
  begin(): void;
  /** What was recorded since the last call, in order for each peer. */
  take(): TracePiece[];
}

export interface TracePiece {
  peer: string;
  /** When the trace began, in milliseconds since the epoch; with the peer it says which trace it is. */
  begunAtMs: number;
  /** Of its first byte in the trace. */
  offset: number;
  bytes: Uint8Array;
}
