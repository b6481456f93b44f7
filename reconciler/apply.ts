import type { Edit, HostReport, LinkEnd, Outcome, Plan, Step } from '../schema/generated/types.js';
import { converged } from './converged.js';
import { type HostTerms, hostState } from './host-state.js';
import { linkReport, starOverDown } from './link-reports.js';
import { advance, emptyHost, type FleetState, type HostConfig } from './model/fleet-state.js';
import type { Clock, Fleet } from './ports.js';

export interface ApplyOptions {
  fleet: Fleet;
  clock: Clock;
  terms: (host: string) => HostTerms;
  /** How long a step may take until every host it touches has converged. */
  stepTimeoutMs: number;
  /** How long a new link may take until both its ends hear each other; the plan then goes on without it. */
  linkPatienceMs: number;
  /** Called before and after each step; a test may throw here to play a crash. */
  onStep?(step: Step, moment: 'before' | 'sent' | 'after'): void | Promise<void>;
}

/** Long enough for any type of link whose peer answers. */
export const linkPatienceMs = 10_000;

/**
 * Carries a plan out, step by step, beginning at the fleet state it was made for. The first step that fails ends it: what was done
 * stays visible, and the next pass starts from what is. A link that does not come up is a failure that ends nothing, because frames
 * of fast paths fall back to the star; but a star is not led to another Proxy that some host does not reach.
 */
export async function applyPlan(plan: Plan, current: FleetState, options: ApplyOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let state = current;
  const hubs = newProxies(plan, current);
  let failed = 0;
  for (const step of plan.steps) {
    if (failed > 0) {
      outcomes.push({ step: step.id, status: 'skipped', message: `Step ${failed} failed.`, tookMs: 0 });
      continue;
    }
    const begunMs = options.clock.nowMs();
    await options.onStep?.(step, 'before');
    const problem = cutBy(step, state, options) || (await applyStep(step, state, options));
    const down = problem === '' ? await linksDown(step, options) : [];
    await options.onStep?.(step, 'after');
    const tookMs = options.clock.nowMs() - begunMs;
    const message = problem || down.map((link) => link.message).join(' ');
    outcomes.push({ step: step.id, status: message === '' ? 'done' : 'failed', message, tookMs });
    const isNeeded = down.some(({ host, peer }) => hubs.has(host) || hubs.has(peer));
    if (problem !== '' || isNeeded) failed = step.id;
    state = step.edits.reduce(advance, state);
  }
  return outcomes;
}

/** What a step would cut off because a link is down, or nothing. */
function cutBy(step: Step, state: FleetState, { fleet }: ApplyOptions): string {
  const hosts = fleet.hosts();
  const found = starOverDown(step, state, hosts);
  if (found === null) return '';
  const trouble = linkReport(hosts, found.host, found.peer)?.trouble;
  return `The star cannot be led over the link from ${found.host} to ${found.peer}, which is down. ${trouble ?? ''}`.trim();
}

/** Proxies that stars shall be led to in place of another one. */
function newProxies({ steps }: Plan, current: FleetState): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { host, addNetworks = [] } of steps.flatMap(({ edits }) => edits)) {
    for (const { name, proxy } of addNetworks) {
      const now = current.get(host)?.networks.get(name)?.proxy;
      if (now !== undefined && now !== proxy) found.add(proxy);
    }
  }
  return found;
}

/** Ends of links that a step sets up and that have not come up in time. */
async function linksDown(
  { edits }: Step,
  options: ApplyOptions,
): Promise<{ host: string; peer: string; message: string }[]> {
  const { fleet, linkPatienceMs: stepTimeoutMs } = options;
  const ends = edits.map(({ host, addLinks = [] }) => {
    return { host, peers: addLinks.filter((end) => !awaitsPeer(end)).map(({ peer }) => peer) };
  });
  const waits = ends
    .filter(({ peers }) => peers.length > 0)
    .map(({ host, peers }) => until(host, (report) => allUp(report, peers), { ...options, stepTimeoutMs }));
  await Promise.all(waits);
  const hosts = fleet.hosts();
  const down = ends.flatMap(({ host, peers }) =>
    peers.map((peer) => ({ host, peer, end: linkReport(hosts, host, peer) })),
  );
  return down
    .filter(({ end }) => !end?.up)
    .map(({ host, peer, end }) => {
      const why = end?.trouble ?? 'Look at the logs of both agents.';
      return {
        host,
        peer,
        message: `The link from ${host} to ${peer} did not come up within ${stepTimeoutMs} ms: ${why}`,
      };
    });
}

function allUp({ links }: HostReport, peers: readonly string[]): boolean {
  const up = new Set(links.filter((link) => link.up).map(({ link }) => link.peer));
  return peers.every((peer) => up.has(peer));
}

/** An end that is not told yet how NATs show its peer. */
function awaitsPeer({ type, remotePort }: LinkEnd): boolean {
  return type === 'stun' && remotePort === undefined;
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
  const state = hostState(edit, wanted, options.terms(edit.host));
  let sent = options.fleet.desire(state);
  if (sent.kind === 'unreachable') return `${sent.message} Start it, or look at its log.`;
  let boot = bootOf(edit.host, options);
  const awaited = (edit.addGuests ?? []).flatMap((guest) => (guest.from === undefined ? [] : [guest.name]));
  const holds = (report: HostReport) => {
    if (report.boot !== boot) {
      // Another run of the agent does not know what this one was told.
      boot = report.boot;
      sent = options.fleet.desire(state);
    }
    const isHeard = sent.kind === 'sent' && report.generation >= sent.generation;
    return isHeard && converged(report, wanted, awaited);
  };
  return until(edit.host, holds, options);
}

function bootOf(host: string, { fleet }: ApplyOptions): string | undefined {
  return fleet.hosts().find((status) => status.host === host)?.report.boot;
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
