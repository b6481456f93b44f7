import type {
  Condition,
  FleetView,
  HostDetail,
  JournalEntry,
  LiveEvent,
  Outcome,
  Plan,
  Step,
} from '../schema/generated/types.js';
import { Adjustments } from './adjustments.js';
import { AgentRefresh } from './agent-refresh.js';
import type { ApplyResult, Live } from './api/live.js';
import { applyPlan, linkPatienceMs } from './apply.js';
import { emptyView, fleetView } from './fleet-view.js';
import { hostTerms } from './host-state.js';
import { Knowledge } from './knowledge.js';
import type { Snapshot } from './model/snapshot.js';
import { type Decided, decide } from './pass.js';
import { verifyHash } from './plan/assemble.js';
import { stateDigest } from './plan/state-digest.js';
import type { Clock, Fleet, Inferred, Journal, Metrics, Source, Trigger } from './ports.js';
import { Recorder } from './recorder.js';
import { rejection } from './standing-documents.js';
import { timedDecision } from './timed-decision.js';
import { verdictOf } from './verdict.js';
import { Windows } from './windows.js';

export interface LoopPorts {
  source: Source;
  triggers: Trigger[];
  journal: Journal;
  fleet: Fleet;
  clock: Clock;
  metrics: Metrics;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  /** Makes a trigger of cron fields and a time zone. */
  schedule(fields: string, timeZone: string): Trigger;
  /** Told of each step's moments, for whoever watches or tests. */
  onStep?: (step: Step, moment: 'before' | 'sent' | 'after') => void | Promise<void>;
}

export interface LoopTimes {
  /** How long hosts of the inventory may take to report before VMs are created without having heard of them. */
  startGraceMs: number;
  stepTimeoutMs: number;
}

const defaultTimes: LoopTimes = { startGraceMs: 15_000, stepTimeoutMs: 30_000 };
const firstBackoffMs = 1000;
const longestBackoffMs = 60_000;
const idleTickMs = 200;

/** What one pass came to. */
export interface PassSummary {
  pass: number;
  verdict: JournalEntry['verdict'] | 'converged';
  plan: Plan | null;
  outcomes: Outcome[];
  /** Commit of its journal entry; null when nothing was recorded. */
  commit: string | null;
}

/** Runs passes, one after the other, whenever something asks for one. */
export class ReconcileLoop implements Live {
  readonly inferred: Inferred;
  readonly snapshot = () => this.#knowledge.snapshot();
  readonly drift = () => this.#knowledge.drift(this.#pendingSteps);
  readonly #ports: LoopPorts;
  readonly #times: LoopTimes;
  readonly #knowledge: Knowledge;
  readonly #recorder: Recorder;
  readonly #agents: AgentRefresh;
  readonly #windows: Windows;
  readonly #adjustments: Adjustments;
  #plan: Plan | null = null;
  #phase: FleetView['phase'] = 'starting';
  #passes = 0;
  #pendingSteps = 0;
  #failures = 0;
  #asked: string | null = null;
  /** Digest of the fleet as the last pass left it. */
  #left: string | null = null;
  /** Digest of what links depend on, as the last pass met it. */
  #met: string | null = null;
  #pending: string[] = [];
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  readonly #subscriptions: (() => void)[] = [];
  #cancelRest: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #passListeners = new Set<(summary: PassSummary) => void>();

  constructor(ports: LoopPorts, times: Partial<LoopTimes> = {}) {
    this.#ports = ports;
    this.#times = { ...defaultTimes, ...times };
    this.#knowledge = new Knowledge(ports, this.#times.startGraceMs);
    this.inferred = this.#knowledge.inferred();
    this.#recorder = new Recorder(ports, this.#knowledge);
    this.#adjustments = new Adjustments(ports.journal);
    this.#agents = new AgentRefresh(ports.fleet, this.#knowledge.lockStep);
    this.#windows = new Windows(ports.schedule, (reason) => this.requestPass(reason));
  }

  async start(): Promise<void> {
    const { fleet, clock, triggers, metrics } = this.#ports;
    this.#subscriptions.push(
      fleet.onObservation((observation) => {
        this.#knowledge.inference.ingest(observation, clock.nowMs());
        metrics.observationReceived(clock.nowMs());
      }),
      fleet.onReport((host) => this.#hostReported(host)),
    );
    for (const trigger of triggers) await trigger.start((reason) => this.requestPass(reason));
    this.requestPass('start');
    this.#tick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRest();
    this.#cancelTick();
    for (const end of this.#subscriptions) end();
    for (const trigger of this.#ports.triggers) await trigger.stop();
    await this.#windows.stop();
    await this.#work;
  }

  requestPass(reason: string): void {
    if (this.#stopped) return;
    const isQueued = this.#pending.length > 0;
    if (!this.#pending.includes(reason)) this.#pending.push(reason);
    if (isQueued) return;
    this.#enqueue(async () => {
      const reasons = this.#pending.splice(0);
      if (!this.#stopped) await this.#pass(reasons.join(', '));
    });
  }

  /** Calls back after every pass; the function it returns ends that. */
  onPass(listener: (summary: PassSummary) => void): () => void {
    this.#passListeners.add(listener);
    return () => this.#passListeners.delete(listener);
  }

  view(): FleetView {
    const traffic = this.#knowledge.inference.traffic();
    const score = this.#plan?.decision.after ?? null;
    const gangs = this.inferred.gangs();
    const now = { pass: this.#passes, phase: this.#phase, traffic, score, ...(gangs.length > 0 ? { gangs } : {}) };
    const snapshot = this.#knowledge.snapshot();
    return snapshot ? fleetView(snapshot, now) : emptyView(now);
  }

  plan(): Plan | null {
    return this.#plan;
  }

  conditions(): Condition[] {
    return this.#recorder.conditions;
  }

  hosts(): HostDetail[] {
    const { fleet } = this.#ports;
    return fleet.hosts().map((status) => {
      const desired = fleet.told(status.host);
      return desired ? { ...status, desired } : status;
    });
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Applies a plan that was saved; it must be whole, and the fleet and the documents what they were when it was made. */
  apply(plan: Plan, hash: string, actor: string): Promise<ApplyResult> {
    return new Promise((resolve, reject) => {
      this.#enqueue(() => this.#applySaved(plan, hash, actor).then(resolve, reject));
    });
  }

  async #applySaved(plan: Plan, hash: string, actor: string): Promise<ApplyResult> {
    if (plan.hash !== hash || !verifyHash(plan)) {
      return { kind: 'wrong-hash', message: `The plan's hash is not ${hash}: it is another plan, or it was edited.` };
    }
    await this.#knowledge.refresh();
    const observed = this.#knowledge.observed();
    const now = decide({ ...this.#knowledge.documents, observed });
    const snapshot = 'snapshot' in now ? now.snapshot : null;
    const isFresh =
      now.kind === 'planned' &&
      this.#knowledge.waiting() === null &&
      stateDigest(now.snapshot.current) === plan.basis.stateDigest &&
      now.plan.basis.documentsDigest === plan.basis.documentsDigest;
    if (!isFresh || !snapshot) {
      return {
        kind: 'stale',
        message: 'The fleet or the documents have changed since the plan was made: make a new one.',
      };
    }
    const outcomes = await this.#carryOut(plan, snapshot);
    const failed = outcomes.some(({ status }) => status === 'failed');
    const verdict = failed ? 'partial' : 'applied';
    this.#knowledge.leave(verdict);
    this.#updateConditions(now, snapshot, outcomes);
    await this.#recorder.write({ verdict, plan, outcomes, observed, actor, trigger: 'a saved plan' });
    this.requestPass('a saved plan was applied');
    return { kind: failed ? 'failed' : 'applied', outcomes };
  }

  async #pass(reasons: string): Promise<void> {
    const { clock, metrics } = this.#ports;
    this.#cancelRest();
    this.#passes += 1;
    const begunMs = clock.nowMs();
    await this.#knowledge.refresh();
    const trigger = this.#withRequest(reasons);
    const waiting = this.#knowledge.waiting();
    if (waiting !== null) {
      this.#rest(waiting.retryMs, waiting.reason, waiting.kind === 'start' ? 'starting' : 'idle');
      return;
    }
    this.#knowledge.notice();
    const observed = this.#knowledge.observed();
    this.#met = this.#knowledge.surroundings();
    metrics.passStepTook('observe', (clock.nowMs() - begunMs) / 1000);
    this.#phase = 'planning';
    const decided = timedDecision({ ...this.#knowledge.documents, observed }, clock, metrics);
    const snapshot = 'snapshot' in decided ? decided.snapshot : null;
    const plan = decided.kind === 'planned' ? decided.plan : null;
    if (plan) this.#publish(plan);
    if (snapshot) await this.#windows.follow(snapshot.adaptation.cron);
    const mayApply = plan !== null && plan.steps.length > 0 && snapshot?.adaptation.suspend === false;
    const outcomes = mayApply ? await this.#carryOut(plan, snapshot) : [];
    this.#pendingSteps = mayApply ? 0 : (plan?.steps.length ?? 0);
    const verdict = verdictOf(decided, outcomes, this.#knowledge.documents.problem !== null);
    this.#knowledge.leave(verdict);
    this.#updateConditions(decided, snapshot, outcomes);
    const commit =
      verdict === 'converged'
        ? null
        : await this.#recorder.write({ verdict, plan, outcomes, observed, actor: 'virtuoso', trigger });
    metrics.passEnded(verdict);
    for (const listener of this.#passListeners) listener({ pass: this.#passes, verdict, plan, outcomes, commit });
    this.#afterPass(verdict, snapshot, plan);
  }

  /** What asked for the pass, with a newly written `requestedAt`. */
  #withRequest(reasons: string): string {
    const asked = this.#knowledge.requestedAt();
    if (asked === null || asked === this.#asked) return reasons;
    this.#asked = asked;
    return `requested at ${asked}, ${reasons}`;
  }

  #afterPass(verdict: PassSummary['verdict'], snapshot: Snapshot | null, plan: Plan | null): void {
    this.#failures = verdict === 'partial' ? this.#failures + 1 : 0;
    // What failed is tried again after a while, not because it failed.
    this.#left = verdict === 'partial' ? null : this.#fleetDigest();
    if (verdict === 'partial') {
      this.#rest(Math.min(firstBackoffMs * 2 ** (this.#failures - 1), longestBackoffMs), 'a step had failed');
      return;
    }
    if (verdict === 'converged' && snapshot) {
      this.#recorder.recovered();
      this.#agents.refresh(snapshot);
    }
    const { intervalMs, vttif } = snapshot?.adaptation ?? { intervalMs: longestBackoffMs, vttif: null };
    const isWaiting = plan?.decision.levers?.some(({ outcome }) => outcome === 'too-early') ?? false;
    if (isWaiting && vttif) this.#rest(Math.min(intervalMs, vttif.smoothingIntervalMs), 'it was too early to move VMs');
    else this.#rest(intervalMs, 'interval');
    if (verdict === 'applied') this.requestPass('to see that the fleet has converged');
  }

  /** Nothing to do until `delayMs` have passed or something else asks. */
  #rest(delayMs: number, reason: string, phase: FleetView['phase'] = 'idle'): void {
    this.#phase = phase;
    this.#cancelRest();
    this.#cancelRest = this.#ports.clock.after(delayMs, () => this.requestPass(reason));
    const view = this.view();
    this.#ports.metrics.fleetSeen(view);
    this.#tell({ kind: 'view', view });
  }

  #publish(plan: Plan): void {
    this.#plan = plan;
    this.#tell({ kind: 'plan', plan });
  }

  async #carryOut(plan: Plan, snapshot: Snapshot): Promise<Outcome[]> {
    const { fleet, clock, metrics, onStep, log } = this.#ports;
    this.#phase = 'applying';
    log('info', `Applying ${plan.steps.length} steps. ${plan.decision.reason}`);
    const begunMs = clock.nowMs();
    const outcomes = await applyPlan(plan, snapshot.current, {
      fleet,
      clock,
      terms: hostTerms(snapshot, (host) => this.#knowledge.lockStep.clockOf(host)),
      stepTimeoutMs: this.#times.stepTimeoutMs,
      linkPatienceMs: Math.min(linkPatienceMs, this.#times.stepTimeoutMs),
      ...(onStep ? { onStep } : {}),
    });
    metrics.passStepTook('apply', (clock.nowMs() - begunMs) / 1000);
    for (const [index, { status, message }] of outcomes.entries()) {
      const step = plan.steps[index];
      if (step) metrics.stepEnded(step.kind, status);
      if (status === 'failed') log('warn', `Step ${step?.id} "${step?.title}" failed: ${message}`);
    }
    this.#knowledge.carriedOut(plan, outcomes);
    this.#knowledge.inference.disturb(clock.nowMs());
    return outcomes;
  }

  #updateConditions(decided: Decided, before: Snapshot | null, outcomes: Outcome[]): void {
    const { documents, inference } = this.#knowledge;
    const snapshot = this.#knowledge.snapshot() ?? before;
    const rejected = decided.kind === 'rejected' ? rejection(decided.diagnostics) : null;
    const isPlan = decided.kind === 'planned' || decided.kind === 'rejected';
    this.#recorder.updateConditions({
      sourceProblem: documents.problem ?? (documents.documents.length > 0 ? rejected : null),
      source: documents.source,
      sourceVerdict: documents.verdict,
      snapshot,
      planProblem: isPlan
        ? null
        : { reason: decided.kind === 'unsafe' ? 'Unsafe' : 'Infeasible', message: decided.message },
      outcomes,
      pendingSteps: decided.kind === 'planned' ? decided.plan.steps.length : 0,
      findings: snapshot ? inference.findings(this.#ports.clock.nowMs(), snapshot) : [],
    });
    this.#tellConditions();
  }

  #tellConditions(): void {
    this.#ports.metrics.conditionsSeen(this.conditions());
    this.#tell({ kind: 'conditions', conditions: this.conditions() });
  }

  #hostReported(host: string): void {
    if (this.#phase === 'starting') {
      if (this.#knowledge.missingHosts().length === 0) this.requestPass('all hosts have reported');
      return;
    }
    const before = this.conditions().find(({ object }) => object === `host/${host}`);
    const isConnected = this.#ports.fleet.hosts().find((status) => status.host === host)?.connected ?? false;
    const wasConnected = before?.reason === 'Connected' || before?.reason === 'Faults';
    if (before && wasConnected !== isConnected) this.requestPass(`${host} ${isConnected ? 'came' : 'went'}`);
  }

  /** Once a sampling interval: has the application changed? */
  #tick(): void {
    if (this.#stopped) return;
    const { clock } = this.#ports;
    const snapshot = this.#phase === 'idle' ? this.#knowledge.snapshot() : null;
    if (snapshot && this.#knowledge.inference.advance(clock.nowMs(), snapshot)) {
      this.requestPass('the application topology has changed');
    }
    if (snapshot && this.#knowledge.inference.pathsChanged()) this.requestPass('what paths give has changed');
    if (snapshot && this.#left !== null && this.#knowledge.stateDigest(snapshot) !== this.#left) {
      this.requestPass('the fleet is not as it was left');
    }
    if (snapshot) this.#watchLinks(snapshot);
    if (snapshot) this.#agents.followClocks();
    if (snapshot) this.#watchUsers(snapshot);
    if (snapshot && this.#listeners.size > 0) this.#tell({ kind: 'view', view: this.view() });
    this.#cancelTick = clock.after(snapshot?.adaptation.vttif.samplingIntervalMs ?? idleTickMs, () => this.#tick());
  }

  #watchLinks(snapshot: Snapshot): void {
    this.#knowledge.watchLinks(snapshot);
    if (this.#met !== null && this.#knowledge.surroundings() !== this.#met) {
      this.requestPass('what links depend on has changed');
    }
    if (this.#recorder.fleetSeen(snapshot)) this.#tellConditions();
  }

  /** What users change is no reason for a pass, and is recorded all the same. */
  #watchUsers(snapshot: Snapshot): void {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#adjustments.due(snapshot, nowMs).length === 0) return;
    this.#enqueue(() => this.#adjustments.record(snapshot, nowMs, (news) => this.#recorder.writeAdjustments(news)));
  }

  #fleetDigest(): string | null {
    const snapshot = this.#knowledge.snapshot();
    return snapshot && this.#knowledge.stateDigest(snapshot);
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task);
  }
}
