import type { Condition, Drift, GangView, Outcome, Quarantine } from '../schema/generated/types.js';
import type { Resting } from './backoff.js';
import type { ConditionDraft } from './condition-draft.js';
import { driftConditions } from './drift-conditions.js';
import { gangConditions } from './gang-conditions.js';
import { keptConditions } from './kept-conditions.js';
import type { Snapshot } from './model/snapshot.js';
import { holdsOf } from './pass/holds.js';
import type { HeldBack } from './plan-review.js';
import { type PolicyFacts, policyConditions } from './policy-conditions.js';
import { quarantineConditions } from './quarantine-conditions.js';
import { type SourceFacts, sourceConditions } from './source-conditions.js';
import { suspendedConditions } from './suspended-conditions.js';
import { vnetConditions } from './vnet-conditions.js';
import type { Finding } from './wren/findings.js';

/** How the pass went, as far as conditions tell. */
export interface PassFacts extends SourceFacts {
  /** Null when there is no good set of documents yet. */
  snapshot: Snapshot | null;
  /** Why there is no plan; null when there is one. */
  planProblem: { reason: 'Infeasible' | 'Unsafe'; message: string } | null;
  outcomes: Outcome[];
  /** What rules say of documents and plan. */
  policy: PolicyFacts;
  /** Why the plan waits, or is not to be; null: nothing but time or suspension keeps it. */
  held: Pick<HeldBack, 'reason' | 'message'> | null;
  pendingSteps: number;
  findings: Finding[];
  gangs: GangView[];
  /** Hosts that have failed and are left alone for a while. */
  resting: Resting[];
  /** What is not as the last pass left it. */
  drift: Drift[];
  /** What is not decided again for now. */
  quarantines: Quarantine[];
}

/** Conditions of the source, the fleet, and each host, VM, overlay link and virtual network. */
export function draftConditions(facts: PassFacts): ConditionDraft[] {
  const { snapshot } = facts;
  const drafts = [...sourceConditions(facts), fleetCondition(facts), ...policyConditions(facts.policy)];
  if (!snapshot) return drafts;
  if (snapshot.adaptation.suspend) {
    const message =
      'Adaptation.spec.suspend is set: plans are made and recorded, not applied. `virtuoso apply` applies one.';
    drafts.push({ object: 'fleet/fleet', type: 'Suspended', status: 'True', reason: 'SuspendedByPolicy', message });
  }
  return [
    ...drafts,
    ...inventoryConditions(facts.findings),
    ...snapshot.hosts.map(hostCondition),
    ...vmConditions(snapshot),
    ...restlessConditions(snapshot),
    ...vnetConditions(snapshot),
    ...gangConditions(facts.gangs),
    ...driftConditions(facts.drift, snapshot),
    ...keptConditions(snapshot),
    ...quarantineConditions(facts.quarantines),
    ...suspendedConditions(snapshot.suspended),
    ...facts.resting.map(restingCondition),
  ];
}

const ofFinding: Record<Finding['kind'], { reason: string }> = {
  understated: { reason: 'InventoryUnderstates' },
  overstated: { reason: 'InventoryOverstates' },
  undeclared: { reason: 'SharedBottleneckUndeclared' },
  confirmed: { reason: 'SharedBottleneckConfirmed' },
};

function inventoryConditions(findings: readonly Finding[]): ConditionDraft[] {
  const contradictions = findings.filter(({ kind }) => kind !== 'confirmed');
  const confirmations = findings.filter(({ kind }) => kind === 'confirmed');
  const numbered = (object: string, index: number) => (index === 0 ? object : `${object}-${index + 1}`);
  return [
    ...contradictions.map(({ kind, message }, index): ConditionDraft => {
      const object = numbered('inventory/capacities', index);
      return { object, type: 'Degraded', status: 'True', ...ofFinding[kind], message };
    }),
    ...confirmations.map(({ kind, message }, index): ConditionDraft => {
      const object = numbered('inventory/shared', index);
      return { object, type: 'Ready', status: 'True', ...ofFinding[kind], message };
    }),
  ];
}

/** Keeps the time of the last transition where status did not change. */
export function datedConditions(drafts: ConditionDraft[], before: readonly Condition[], at: string): Condition[] {
  const known = new Map(before.map((condition) => [`${condition.object} ${condition.type}`, condition]));
  const dated = drafts.map((draft) => {
    const old = known.get(`${draft.object} ${draft.type}`);
    return { ...draft, lastTransitionTime: old?.status === draft.status ? old.lastTransitionTime : at };
  });
  const name = (condition: Condition) => `${condition.object} ${condition.type}`;
  return dated.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function fleetCondition({ planProblem, outcomes, held, pendingSteps, snapshot }: PassFacts): ConditionDraft {
  const fleet = { object: 'fleet/fleet', type: 'Ready' as const };
  if (!snapshot)
    return { ...fleet, status: 'Unknown', reason: 'NoDocuments', message: 'There are no valid documents yet.' };
  if (planProblem) return { ...fleet, status: 'False', ...planProblem };
  const failed = outcomes.find(({ status }) => status === 'failed');
  if (failed)
    return { ...fleet, status: 'False', reason: 'StepFailed', message: `Step ${failed.step}: ${failed.message}` };
  const skipped = outcomes.find(({ status }) => status === 'skipped');
  if (skipped)
    return { ...fleet, status: 'False', reason: 'StepsLeftOut', message: `Step ${skipped.step}: ${skipped.message}` };
  if (held) return { ...fleet, status: 'False', reason: held.reason, message: held.message };
  if (pendingSteps > 0 && outcomes.length === 0) {
    return {
      ...fleet,
      status: 'False',
      reason: 'Pending',
      message: `A plan of ${pendingSteps} steps waits to be applied.`,
    };
  }
  return { ...fleet, status: 'True', reason: 'Converged', message: 'The fleet is as decided.' };
}

function restingCondition({ host, failures, untilMs }: Resting): ConditionDraft {
  const times = failures === 1 ? 'once' : `${failures} times on end`;
  const message =
    `It has failed ${times} and is told nothing new until ${new Date(untilMs).toISOString()}; the others are not held up. ` +
    'Look at the log of its agent. A new commit has it tried at once.';
  return { object: `host/${host}`, type: 'Degraded', status: 'True', reason: 'BackingOff', message };
}

function hostCondition(host: Snapshot['hosts'][number]): ConditionDraft {
  const base = { object: `host/${host.name}`, type: 'Ready' as const };
  const generation = host.report ? { observedGeneration: host.report.generation } : {};
  if (host.presence === 'unknown') {
    return {
      ...base,
      status: 'Unknown',
      reason: 'NeverSeen',
      message: 'Its agent has not connected. Start it, and pin its key.',
    };
  }
  if (host.presence === 'silent') {
    return {
      ...base,
      ...generation,
      status: 'False',
      reason: 'Silent',
      message: 'Its agent is not connected. Look at its log.',
    };
  }
  const faults = host.report?.faults ?? [];
  const message = faults.map((fault) => `${fault.kind} ${fault.subject}: ${fault.message}`).join(' ');
  if (faults.length > 0) return { ...base, ...generation, status: 'False', reason: 'Faults', message };
  return { ...base, ...generation, status: 'True', reason: 'Connected', message: 'Its agent is connected.' };
}

function vmConditions(snapshot: Snapshot): ConditionDraft[] {
  const presence = new Map(snapshot.hosts.map((host) => [host.name, host.presence]));
  return snapshot.vms.map((vm): ConditionDraft => {
    const base = { object: `vm/${vm.name}`, type: 'Ready' as const };
    const conflict = snapshot.conflicts.find((each) => each.vm === vm.name);
    if (conflict) {
      const message = `It runs on ${conflict.hosts.join(' and ')}; the one on ${conflict.kept} is kept.`;
      return { ...base, status: 'False', reason: 'RunsTwice', message };
    }
    if (vm.host === null) return { ...base, status: 'False', reason: 'NotRunning', message: 'It runs nowhere yet.' };
    if (presence.get(vm.host) !== 'connected') {
      const message = `It was last seen on ${vm.host}, whose agent is not connected; it is not started elsewhere.`;
      return { ...base, status: 'Unknown', reason: 'HostSilent', message };
    }
    return { ...base, status: 'True', reason: 'Running', message: `It runs on ${vm.host}.` };
  });
}

/** VMs that are held because they were moved to and fro. */
function restlessConditions(snapshot: Snapshot): ConditionDraft[] {
  const { most, windowMs } = snapshot.adaptation.returns;
  const held = [...holdsOf(snapshot).staying.values()].filter(({ kind }) => kind === 'to-and-fro');
  return held.map(({ vm, untilMs }): ConditionDraft => {
    const host = snapshot.vms.find(({ name }) => name === vm)?.host ?? 'its host';
    const message =
      `It went back to where it had been ${most} times within ${windowMs / 60e3} min, so it stays on ${host} until ` +
      `${new Date(untilMs).toISOString()}, unless it has to leave. Look at what changes with \`virtuoso explain vm/${vm}\`; then pin ` +
      'it, or raise vadapt.minimumGain, vadapt.cooldown or vttif.smoothingInterval in the Adaptation.';
    return { object: `vm/${vm}`, type: 'Degraded', status: 'True', reason: 'MovedToAndFro', message };
  });
}
