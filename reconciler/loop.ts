import type {
  Condition,
  FleetView,
  HostDetail,
  LiveEvent,
  Outcome,
  Plan,
  RollbackRequest,
} from '../schema/generated/types.js';
import { Adjustments } from './adjustments.js';
import { AgentRefresh } from './agent-refresh.js';
import type { ApplyResult, Live, RollbackResult } from './api/live.js';
import { ApplyTimes } from './apply-times.js';
import { Backoff } from './backoff.js';
import { carryOut } from './carry-out.js';
import type { PassFacts } from './conditions.js';
import { type Decide, decideHere } from './deciding.js';
import { ExemptionEnds } from './exemption-ends.js';
import { emptyView, fleetView } from './fleet-view.js';
import { type Gate, gateFor } from './gate.js';
import { Knowledge } from './knowledge.js';
import { Listeners } from './listeners.js';
import { defaultTimes, type LoopPorts, type LoopTimes, type PassSummary } from './loop-ports.js';
import type { Snapshot } from './model/snapshot.js';
import { nextLook } from './next-look.js';
import type { Decided, Exceeded } from './pass.js';
import { PassQueue } from './pass-queue.js';
import { notReviewed, type PlanReview, reviewPlan } from './plan-review.js';
import type { Inferred } from './ports.js';
import { ReasonsToLook } from './reasons-to-look.js';
import { Recorder } from './recorder.js';
import { Reverting } from './reverting.js';
import { Rollbacks } from './rollbacks.js';
import { approvedBy, checkSaved } from './saved-plan.js';
import { rejection } from './standing-documents.js';
import { Supersession } from './supersession.js';
import { isWhole, type PassVerdict, verdictOf } from './verdict.js';
import { Windows } from './windows.js';

const idleTickMs = 200;

/** Runs passes, one after the other, whenever something asks for one. */
export class ReconcileLoop implements Live {
  readonly inferred: Inferred;
  readonly snapshot = () => this.#knowledge.snapshot();
  readonly quarantines = () => this.#knowledge.quarantines();
  readonly drift = () => this.#knowledge.drift(this.#pendingSteps);
  readonly #ports: LoopPorts;
  readonly #decide: Decide;
  readonly #times: LoopTimes;
  readonly #knowledge: Knowledge;
  readonly #recorder: Recorder;
  readonly #agents: AgentRefresh;
  readonly #windows: Windows;
  readonly #applyTimes: ApplyTimes;
  readonly #reasons: ReasonsToLook;
  readonly #queue = new PassQueue((reasons) => this.#pass(reasons));
  readonly #adjustments: Adjustments;
  readonly #exemptions: ExemptionEnds;
  readonly #reverting: Reverting;
  readonly #rollbacks: Rollbacks;
  readonly #backoff: Backoff;
  readonly #supersession: Supersession;
  #plan: Plan | null = null;
  #phase: FleetView['phase'] = 'starting';
  #passes = 0;
  #pendingSteps = 0;
  #asked: string | null = null;
  #stopped = false;
  readonly #subscriptions: (() => void)[] = [];
  #cancelRest: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;
  readonly #listeners = new Listeners<LiveEvent>();
  readonly #passListeners = new Listeners<PassSummary>();

  constructor(ports: LoopPorts, times: Partial<LoopTimes> = {}) {
    this.#ports = ports;
    this.#decide = ports.decide ?? decideHere(() => ports.clock.nowMs());
    this.#times = { ...defaultTimes, ...times };
    this.#knowledge = new Knowledge(ports, this.#times.startGraceMs);
    this.inferred = this.#knowledge.inferred();
    this.#reasons = new ReasonsToLook(this.#knowledge, ports.clock);
    this.#recorder = new Recorder(ports, this.#knowledge);
    this.#adjustments = new Adjustments(ports.journal);
    this.#reverting = new Reverting(this.#knowledge, ports, this.#decide);
    this.#rollbacks = new Rollbacks(this.#knowledge, ports, this.#decide);
    this.#backoff = new Backoff(ports.random);
    this.#supersession = new Supersession(() => this.#knowledge.newerSource());
    this.#agents = new AgentRefresh(ports.fleet, this.#knowledge.lockStep);
    this.#exemptions = new ExemptionEnds(ports.clock, (reason) => this.requestPass(reason));
    this.#applyTimes = new ApplyTimes(ports);
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
    this.#queue.close();
    this.#cancelRest();
    this.#cancelTick();
    this.#exemptions.stop();
    for (const end of this.#subscriptions) end();
    for (const trigger of this.#ports.triggers) await trigger.stop();
    await this.#windows.stop();
    await this.#queue.settled();
  }

  requestPass(reason: string): void {
    this.#queue.request(reason);
    this.#supersession.asked();
  }

  /** Calls back after every pass; the function it returns ends that. */
  onPass(listener: (summary: PassSummary) => void): () => void {
    return this.#passListeners.add(listener);
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
    return this.#listeners.add(listener);
  }

  /** Applies a plan that was saved; it must be whole, and the fleet and the documents what they were when it was made. */
  apply(plan: Plan, hash: string, actor: string): Promise<ApplyResult> {
    return this.#queue.run(() => this.#applySaved(plan, hash, actor));
  }

  rollback(request: RollbackRequest): Promise<RollbackResult> {
    return this.#queue.run(() => this.#rollbacks.plan(request));
  }

  lift(plan: string | null, actor: string): Promise<string[]> {
    return this.#queue.run(async () => {
      const lifted = this.#knowledge.verification.quarantines.lift(plan);
      if (lifted.length > 0) await this.#recorder.writeLifted(lifted, actor);
      this.requestPass('a quarantine was lifted');
      return lifted;
    });
  }

  async #applySaved(plan: Plan, hash: string, actor: string): Promise<ApplyResult> {
    const checked = await checkSaved(plan, hash, this.#knowledge, this.#decide);
    if (checked.kind !== 'fresh') return checked;
    const { decided, snapshot } = checked;
    const back = this.#rollbacks.opened(plan);
    if (back?.kind === 'stale') return back;
    const review = await this.#review(plan, undefined);
    if (review.held) return { kind: 'denied', message: review.held.message };
    const observed = back?.observed ?? checked.observed;
    const outcomes = await this.#carryOut(plan, snapshot, () => null);
    const failed = outcomes.some(({ status }) => status !== 'done');
    const verdict = failed ? 'partial' : (back?.verdict ?? 'applied');
    const news = back?.carriedOut(snapshot) ?? {};
    this.#knowledge.leave(verdict);
    this.#updateConditions(decided, snapshot, outcomes, review, null);
    const approval = approvedBy(actor, plan, decided);
    const trigger = 'a saved plan';
    await this.#recorder.write({ verdict, plan, outcomes, observed, actor, trigger, approval, news });
    this.requestPass('a saved plan was applied');
    return { kind: failed ? 'failed' : 'applied', outcomes };
  }

  async #pass(reasons: string): Promise<void> {
    const { clock, metrics } = this.#ports;
    this.#cancelRest();
    this.#passes += 1;
    const begunMs = clock.nowMs();
    await this.#knowledge.refresh();
    this.#backoff.follow(this.#knowledge.documents.source);
    const trigger = this.#withRequest(reasons);
    const waiting = this.#knowledge.waiting();
    if (waiting !== null) {
      this.#rest(waiting.retryMs, waiting.reason, waiting.kind === 'start' ? 'starting' : 'idle');
      return;
    }
    this.#knowledge.notice();
    const observed = this.#knowledge.observed();
    this.#reasons.met();
    metrics.passStepTook('observe', (clock.nowMs() - begunMs) / 1000);
    this.#phase = 'planning';
    const decided = await this.#decide({ ...this.#knowledge.documents, observed }, (part, tookMs) =>
      metrics.passStepTook(part, tookMs / 1000),
    );
    const snapshot = 'snapshot' in decided ? decided.snapshot : null;
    const plan = decided.kind === 'planned' ? decided.plan : null;
    if (plan) this.#publish(plan);
    if (snapshot) await this.#windows.follow(snapshot.adaptation.cron);
    const review = decided.kind === 'planned' ? await this.#review(decided.plan, decided.exceeded) : notReviewed;
    const gate: Gate =
      plan && snapshot
        ? gateFor(plan, snapshot, review.held, this.#applyTimes.now(snapshot))
        : { kind: 'nothing-to-do' };
    const outcomes =
      plan && snapshot && gate.kind === 'open'
        ? await this.#carryOut(plan, snapshot, this.#applyTimes.closing(plan, snapshot))
        : [];
    this.#pendingSteps = gate.kind === 'held' ? (plan?.steps.length ?? 0) : 0;
    const passed = verdictOf(decided, gate, outcomes, this.#knowledge.documents.problem !== null);
    const { verdict, regression } = await this.#reverting.judge(passed, plan, gate);
    this.#knowledge.leave(verdict);
    this.#updateConditions(decided, snapshot, outcomes, review, gate.kind === 'held' && 'reason' in gate ? gate : null);
    const { approval } = review;
    const commit =
      verdict === 'converged'
        ? await this.#recorder.writeSeen(observed)
        : await this.#recorder.write({
            ...{ verdict, plan, outcomes, observed, actor: 'virtuoso', trigger, approval },
            ...regression,
          });
    metrics.passEnded(verdict);
    this.#passListeners.tell({ pass: this.#passes, verdict, plan, outcomes, commit });
    this.#afterPass(verdict, snapshot, plan);
  }

  /** What asked for the pass, with a newly written `requestedAt`. */
  #withRequest(reasons: string): string {
    const asked = this.#knowledge.requestedAt();
    if (asked === null || asked === this.#asked) return reasons;
    this.#asked = asked;
    return `requested at ${asked}, ${reasons}`;
  }

  #afterPass(verdict: PassVerdict, snapshot: Snapshot | null, plan: Plan | null): void {
    this.#reasons.left(verdict === 'partial');
    if (verdict === 'converged' && snapshot) {
      this.#recorder.recovered();
      this.#agents.refresh(snapshot);
    }
    this.#exemptions.follow(this.#knowledge.documents.documents);
    const failures = this.#backoff.passEnded(verdict, this.#ports.clock.nowMs());
    const { delayMs, reason } = nextLook(verdict, failures, snapshot, plan, this.#applyTimes.opensInMs(snapshot));
    this.#rest(delayMs, reason);
    if (isWhole(verdict)) this.requestPass('to see that the fleet has converged');
  }

  /** Nothing to do until `delayMs` have passed or something else asks. */
  #rest(delayMs: number, reason: string, phase: FleetView['phase'] = 'idle'): void {
    this.#phase = phase;
    this.#cancelRest();
    this.#cancelRest = this.#ports.clock.after(delayMs, () => this.requestPass(reason));
    const view = this.view();
    this.#ports.metrics.fleetSeen(view);
    this.#listeners.tell({ kind: 'view', view });
  }

  #publish(plan: Plan): void {
    this.#plan = plan;
    this.#listeners.tell({ kind: 'plan', plan });
  }

  #carryOut(plan: Plan, snapshot: Snapshot, isClosed: () => string | null): Promise<Outcome[]> {
    this.#phase = 'applying';
    const { stepTimeoutMs } = this.#times;
    return this.#supersession.during((stop) =>
      carryOut(plan, snapshot, this.#knowledge, this.#ports, { stepTimeoutMs, backoff: this.#backoff, stop, isClosed }),
    );
  }

  /** What rules and limits of the documents in effect say of a plan. */
  #review(plan: Plan, exceeded: Exceeded | undefined): Promise<PlanReview> {
    const { documents } = this.#knowledge.documents;
    return reviewPlan({ plan, documents, exceeded, nowMs: this.#ports.clock.nowMs() }, this.#ports.admission);
  }

  #updateConditions(
    decided: Decided,
    before: Snapshot | null,
    outcomes: Outcome[],
    review: PlanReview,
    held: PassFacts['held'],
  ): void {
    const { documents, inference, taken } = this.#knowledge;
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
      policy: { documents: taken.said, plan: review.said },
      held,
      pendingSteps: decided.kind === 'planned' ? decided.plan.steps.length : 0,
      resting: this.#backoff.resting(this.#ports.clock.nowMs()),
      findings: snapshot ? inference.findings(this.#ports.clock.nowMs(), snapshot) : [],
    });
    this.#tellConditions();
  }

  #tellConditions(): void {
    this.#ports.metrics.conditionsSeen(this.conditions());
    this.#listeners.tell({ kind: 'conditions', conditions: this.conditions() });
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

  /** Once a sampling interval. */
  #tick(): void {
    if (this.#stopped) return;
    const snapshot = this.#phase === 'idle' ? this.#knowledge.snapshot() : null;
    if (snapshot) this.#look(snapshot);
    const delayMs = snapshot?.adaptation.vttif.samplingIntervalMs ?? idleTickMs;
    this.#cancelTick = this.#ports.clock.after(delayMs, () => this.#tick());
  }

  #look(snapshot: Snapshot): void {
    for (const reason of this.#reasons.since(snapshot)) this.requestPass(reason);
    if (this.#recorder.fleetSeen(snapshot)) this.#tellConditions();
    this.#agents.followClocks();
    this.#watchUsers(snapshot);
    if (this.#listeners.size > 0) this.#listeners.tell({ kind: 'view', view: this.view() });
  }

  /** What users change is no reason for a pass, and is recorded all the same. */
  #watchUsers(snapshot: Snapshot): void {
    const nowMs = this.#ports.clock.nowMs();
    if (this.#adjustments.due(snapshot, nowMs).length === 0) return;
    this.#queue.enqueue(() =>
      this.#adjustments.record(snapshot, nowMs, (news) => this.#recorder.writeAdjustments(news)),
    );
  }
}
