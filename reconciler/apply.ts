import type { Edit, HostReport, Outcome, Plan, Step } from '../schema/generated/types.js';
import { converged } from './converged.js';
import { hostState } from './host-state.js';
import { advance, emptyHost, type FleetState, type HostConfig } from './model/fleet-state.js';
import type { Clock, Fleet } from './ports.js';

export interface ApplyOptions {
  fleet: Fleet;
  clock: Clock;
  samplingIntervalMs: number;
  /** How long a step may take until every host it touches has converged. */
  stepTimeoutMs: number;
  /** Called before and after each step; a test may throw here to play a crash. */
  onStep?(step: Step, moment: 'before' | 'sent' | 'after'): void | Promise<void>;
}

/**
 * Carries a plan out, step by step, beginning at the fleet state it was made for. The first step that fails ends it: what was done
 * stays visible, and the next pass starts from what is.
 */
export async function applyPlan(plan: Plan, current: FleetState, options: ApplyOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let state = current;
  let failed = 0;
  for (const step of plan.steps) {
    if (failed > 0) {
      outcomes.push({ step: step.id, status: 'skipped', message: `Step ${failed} failed.`, tookMs: 0 });
      continue;
    }
    const begunMs = options.clock.nowMs();
    await options.onStep?.(step, 'before');
    const problem = await applyStep(step, state, options);
    await options.onStep?.(step, 'after');
    const tookMs = options.clock.nowMs() - begunMs;
    outcomes.push({ step: step.id, status: problem === '' ? 'done' : 'failed', message: problem, tookMs });
    if (problem !== '') failed = step.id;
    state = step.edits.reduce(advance, state);
  }
  return outcomes;
}

/**
 * Returns what went wrong, or nothing. The edits of a step are independent, but that a guest may leave only when its new host waits
 * for it. All that remains of a move is then sent at once: should this process die, the move does not stop half way.
 */
async function applyStep(step: Step, before: FleetState, options: ApplyOptions): Promise<string> {
  const rounds = step.kind === 'move' ? [step.edits.slice(0, 1), step.edits.slice(1)] : [step.edits];
  let state = before;
  for (const edits of rounds) {
    state = edits.reduce(advance, state);
    const waits = edits.map((edit) => desireAndWait(edit, state.get(edit.host) ?? emptyHost(), options));
    await options.onStep?.(step, 'sent');
    const problems = (await Promise.all(waits)).filter((problem) => problem !== '');
    if (problems.length > 0) return problems.join(' ');
  }
  return step.kind === 'move' ? allSettled(step, state, options) : '';
}

/** After the last edit of a move the guest has to run at its new host. */
async function allSettled(step: Step, state: FleetState, options: ApplyOptions): Promise<string> {
  const hosts = [...new Set(step.edits.map((edit) => edit.host))];
  const waits = hosts.map((host) =>
    until(host, (report) => converged(report, state.get(host) ?? emptyHost(), []), options),
  );
  return (await Promise.all(waits)).filter((problem) => problem !== '').join(' ');
}

async function desireAndWait(edit: Edit, wanted: HostConfig, options: ApplyOptions): Promise<string> {
  const state = hostState(edit, wanted, options.samplingIntervalMs);
  let sent = options.fleet.desire(state);
  if (sent.kind === 'unreachable') return `${sent.message} Start it, or look at its log.`;
  let boot = bootOf(edit.host, options);
  const awaited = (edit.addGuests ?? []).flatMap((guest) => (guest.from === undefined ? [] : [guest.name]));
  const newPeers = (edit.addLinks ?? []).map((link) => link.peer);
  const holds = (report: HostReport) => {
    if (report.boot !== boot) {
      // Another run of the agent does not know what this one was told.
      boot = report.boot;
      sent = options.fleet.desire(state);
    }
    const isHeard = sent.kind === 'sent' && report.generation >= sent.generation;
    return isHeard && converged(report, wanted, awaited) && allUp(report, newPeers);
  };
  return until(edit.host, holds, options);
}

function bootOf(host: string, { fleet }: ApplyOptions): string | undefined {
  return fleet.hosts().find((status) => status.host === host)?.report.boot;
}

function allUp(report: HostReport, peers: string[]): boolean {
  return peers.every((peer) => report.links.some(({ link, up }) => link.peer === peer && up));
}

/** Waits until the host's report satisfies `holds`; returns why it did not in time, or nothing. */
function until(host: string, holds: (report: HostReport) => boolean, options: ApplyOptions): Promise<string> {
  const newest = () => options.fleet.hosts().find((status) => status.host === host);
  const satisfied = () => {
    const report = newest()?.report;
    return report !== undefined && holds(report);
  };
  return new Promise((resolve) => {
    if (satisfied()) return resolve('');
    const end = (problem: string) => {
      stopListening();
      stopTimer();
      resolve(problem);
    };
    const stopListening = options.fleet.onReport((changed) => {
      if (changed === host && satisfied()) end('');
    });
    const stopTimer = options.clock.after(options.stepTimeoutMs, () =>
      end(whyNot(host, newest(), options.stepTimeoutMs)),
    );
  });
}

function whyNot(host: string, status: ReturnType<Fleet['hosts']>[number] | undefined, afterMs: number): string {
  if (!status?.connected) return `The agent of ${host} went away. Start it, or look at its log.`;
  const faults = status.report.faults.map((fault) => `${fault.kind} ${fault.subject}: ${fault.message}`);
  if (faults.length > 0) return `${host} could not converge: ${faults.join('; ')}`;
  return `${host} did not converge within ${afterMs} ms. Look at the log of its agent.`;
}
