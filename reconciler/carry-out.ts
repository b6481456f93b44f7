import type { Outcome, Plan, Step } from '../schema/generated/types.js';
import { applyPlan, linkPatienceMs } from './apply.js';
import type { ApplyOptions } from './apply-options.js';
import { hostTerms } from './host-state.js';
import type { Knowledge } from './knowledge.js';
import { migrationReason } from './migration-reason.js';
import type { Snapshot } from './model/snapshot.js';
import type { Clock, Fleet, Log, Metrics } from './ports.js';

export interface CarryOutPorts {
  fleet: Fleet;
  clock: Clock;
  metrics: Metrics;
  log: Log;
  /** Told of each step's moments, for whoever watches or tests. */
  onStep?: (step: Step, moment: 'before' | 'sent' | 'after') => void | Promise<void>;
}

export interface CarryOutTerms extends Required<Pick<ApplyOptions, 'backoff' | 'stop'>> {
  stepTimeoutMs: number;
  /** Why no further step may begin now; null when one may. */
  isClosed(): string | null;
}

/** Applies a plan to the fleet that it was made for, counts and tells what became of it, and lets the knowledge have it. */
export async function carryOut(
  plan: Plan,
  snapshot: Snapshot,
  knowledge: Knowledge,
  ports: CarryOutPorts,
  { stepTimeoutMs, backoff, stop, isClosed }: CarryOutTerms,
): Promise<Outcome[]> {
  const { fleet, clock, metrics, onStep, log } = ports;
  log('info', `Applying ${plan.steps.length} steps. ${plan.decision.reason}`);
  const begunMs = clock.nowMs();
  knowledge.carryingOut(plan, snapshot);
  const outcomes = await applyPlan(plan, snapshot.current, {
    fleet,
    clock,
    terms: hostTerms(snapshot, (host) => knowledge.lockStep.clockOf(host)),
    ...{ stepTimeoutMs, backoff, stop, isClosed },
    linkPatienceMs: Math.min(linkPatienceMs, stepTimeoutMs),
    ...(onStep ? { onStep } : {}),
  });
  metrics.passStepTook('apply', (clock.nowMs() - begunMs) / 1000);
  const reason = migrationReason(plan);
  for (const [index, { status, message }] of outcomes.entries()) {
    const step = plan.steps[index];
    if (step) metrics.stepEnded(step.kind, status, reason);
    if (status === 'failed') log('warn', `Step ${step?.id} "${step?.title}" failed: ${message}`);
  }
  knowledge.carriedOut(plan, outcomes);
  knowledge.inference.disturb(clock.nowMs());
  return outcomes;
}
