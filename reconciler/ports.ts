import type {
  AdmissionRule,
  Condition,
  FleetView,
  GangView,
  HostObservation,
  HostState,
  HostStatus,
  JournalEntry,
  Observed,
  Outcome,
  PathKnowledge,
  Plan,
  SharedBottleneck,
  Step,
  Traffic,
} from '../schema/generated/types.js';
import type { SourceFile } from '../schema/validate/source-file.js';
import type { AdmissionInputs } from './admission/inputs.js';
import type { RuleOutcome } from './admission/outcome.js';
import type { ExampleResult } from './admission/run-example.js';
import type { Distrusted, Trusted } from './trust/verdict.js';

/** Where the documents come from. */
export interface Source {
  /** The newest documents; never throws for what a repository, a network or a person can cause. */
  read(): Promise<SourceRead>;
  /** Remembers beyond this process that documents took effect; returns why it could not. Left out where a source has no history. */
  tookEffect?(source: string): Promise<string | null>;
  /** Documents that last took effect; null where none are remembered, or they are not to be had any more. */
  lastInEffect?(): Promise<DocumentsRead | null>;
}

/** What is read without asking who wrote it. */
export type PlainRead = DocumentsRead | { kind: 'unavailable'; message: string };

export type SourceRead =
  | PlainRead
  /** The newest commit is not to take effect. `accepted` is the last one that was trusted, null where there is none. */
  | { kind: 'unverified'; verdict: Distrusted; message: string; accepted: DocumentsRead | null };

export interface DocumentsRead {
  kind: 'documents';
  /** The commit, or the directory's name. */
  source: string;
  /** Sorted by path. */
  files: SourceFile[];
  /** Why the commit is trusted; left out where signatures are not verified. */
  verdict?: Trusted;
}

/** Something that asks for passes. */
/** When times come that are written as cron fields. */
export interface Calendar {
  /**
   * The first such time after another, both in milliseconds since the epoch; null where there is none for years.
   * @param fields five or six cron fields, valid
   * @param timeZone IANA name
   */
  next(fields: string, timeZone: string, afterMs: number): number | null;
}

export interface Trigger {
  /** Resolves once changes are noticed: start it before the first pass, so that none is missed in between. */
  start(onChange: (reason: string) => void): Promise<void>;
  stop(): Promise<void>;
}

/** The audit trail. */
export interface Journal {
  append(draft: JournalDraft): Promise<Appended>;
  /** Commit of the newest entry; null before the first. */
  head(): Promise<string | null>;
  /** Newest first; all when `limit` is left out. */
  entries(limit?: number): AsyncIterable<JournalRead>;
  /** The newest entry that can be read; null before the first. */
  latest(): Promise<JournalRecord | null>;
}

/** An entry before the journal numbers it. */
export interface JournalDraft {
  entry: Omit<JournalEntry, 'format_version' | 'pass'>;
  plan: Plan | null;
  /** The plan for people; null when there is no plan. */
  planMarkdown: string | null;
  observed: Observed;
}

export type Appended =
  /** `pushed` false: the entry is kept and goes out with the next one; `message` then says why, and is empty otherwise. */
  | { kind: 'appended'; commit: string; pass: number; pushed: boolean; message: string }
  | { kind: 'failed'; message: string };

export interface JournalRecord {
  kind: 'record';
  commit: string;
  entry: JournalEntry;
  plan: Plan | null;
  observed: Observed;
}

export type JournalRead = JournalRecord | { kind: 'unreadable'; commit: string; message: string };

/** Where people are asked to take documents back. */
export interface Proposals {
  /** Puts documents as they were at one commit on top of another, on a branch of its own; never throws. */
  propose(wanted: { branch: string; from: string; onto: string; message: string }): Promise<Proposed>;
}

export type Proposed = { kind: 'proposed'; commit: string } | { kind: 'failed'; message: string };

/** The agents, as the reconciler sees them. */
export interface Fleet {
  /** Every host whose agent has ever reported to this process, by name. */
  hosts(): HostStatus[];
  /** Which key speaks for which host. Connections under any other key are ended. */
  trust(pins: Map<string, string>): void;
  /** Sends a host its whole state under a generation above all it has seen. */
  desire(state: Omit<HostState, 'generation'>): Desired;
  /** What a host was told last; undefined before this process told it anything. */
  told(host: string): HostState | undefined;
  /** Calls back after every change of what `hosts` returns; the function it returns ends that. */
  onReport(listener: (host: string) => void): () => void;
  onObservation(listener: (observation: HostObservation) => void): () => void;
}

export type Desired = { kind: 'sent'; generation: number } | { kind: 'unreachable'; message: string };

/** Evaluates rules of operators, within limits; never throws for what a rule does. */
export interface Admission {
  /** What each rule says, in the order of the rules. */
  judge(rules: readonly AdmissionRule[], inputs: AdmissionInputs): Promise<RuleOutcome[]>;
  /** Holds a rule to its own tests, in their order. */
  test(rule: AdmissionRule): Promise<ExampleResult[]>;
}

/** One line to whoever runs this. */
export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

/** Time, for everything that is allowed to know it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the function it returns calls it off. */
  after(delayMs: number, task: () => void): () => void;
}

/** What the reconciler infers from traffic, as of now. */
export interface Inferred {
  traffic(): Traffic;
  paths(): PathKnowledge[];
  bottlenecks(): SharedBottleneck[];
  /** Figures that could not be, which hosts have sent since the start; only hosts that did. */
  implausible(): { host: string; figures: number }[];
  /** VMSets in lock step, and how far apart their periods begin. */
  gangs(): GangView[];
}

/** What operators want to count and draw. */
export interface Metrics {
  /** A pass has ended; `converged`: there was nothing to do. */
  passEnded(verdict: JournalEntry['verdict'] | 'converged'): void;
  /** One part of a pass took `seconds`. */
  passStepTook(step: PassStep, seconds: number): void;
  /** One step of a plan has ended; of a migration with the reason. */
  stepEnded(kind: Step['kind'], status: Outcome['status'], reason: string): void;
  /** The fleet is now so. */
  fleetSeen(view: FleetView): void;
  /** Conditions of all objects are now so. */
  conditionsSeen(conditions: readonly Condition[]): void;
  /** An observation that was taken at `atMs` (milliseconds since the epoch) has come in. */
  observationReceived(atMs: number): void;
}

export type PassStep = 'observe' | 'merge' | 'solve' | 'diff' | 'order' | 'guard' | 'apply' | 'record';

/** All metrics as text, for whoever scrapes them. */
export interface Exposition {
  contentType: string;
  text(): Promise<string>;
}
