import type { Edit, HostReport, LinkEnd, Step } from '../schema/generated/types.js';
import type { ApplyOptions } from './apply-options.js';
import { desireAndWait, until, type WaitOptions } from './await-host.js';
import { converged } from './converged.js';
import { linkReport } from './link-reports.js';
import { advance, emptyHost, type FleetState } from './model/fleet-state.js';

/** What came of a step: nothing, where it was done. */
export interface StepFailure {
  host: string;
  message: string;
}

/**
 * Returns which hosts failed and why, or nothing. The edits of a step are independent, but that a guest may leave only when its new
 * host waits for it. All that remains of a move is then sent at once: should this process die, the move does not stop half way. For
 * the same reason nothing cuts the wait for it short.
 */
export async function applyStep(step: Step, before: FleetState, options: ApplyOptions): Promise<StepFailure[]> {
  const isMove = step.kind === 'move';
  const rounds = isMove ? [step.edits.slice(0, 1), step.edits.slice(1)] : [step.edits];
  let state = before;
  for (const [round, edits] of rounds.entries()) {
    state = edits.reduce(advance, state);
    const waiting = isMove && round > 0 ? toTheEnd(options) : options;
    const waits = edits.map((edit) => waited(edit, state, waiting));
    await options.onStep?.(step, 'sent');
    const failures = (await Promise.all(waits)).flat();
    if (failures.length > 0) return failures;
  }
  return isMove ? allSettled(step, state, toTheEnd(options)) : [];
}

function toTheEnd({ stop: _, ...options }: ApplyOptions): ApplyOptions {
  return options;
}

async function waited(edit: Edit, state: FleetState, options: ApplyOptions): Promise<StepFailure[]> {
  const message = await desireAndWait(edit, state.get(edit.host) ?? emptyHost(), options);
  return message === '' ? [] : [{ host: edit.host, message }];
}

/** After the last edit of a move the guest has to run at its new host. */
async function allSettled(step: Step, state: FleetState, options: WaitOptions): Promise<StepFailure[]> {
  const hosts = [...new Set(step.edits.map((edit) => edit.host))];
  const waits = hosts.map(async (host) => {
    const message = await until(host, (report) => converged(report, state.get(host) ?? emptyHost(), []), options);
    return message === '' ? [] : [{ host, message }];
  });
  return (await Promise.all(waits)).flat();
}

/** Ends of links that a step sets up and that have not come up in time. */
export async function linksDown(
  edits: readonly Edit[],
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
      const within = `within ${stepTimeoutMs} ms`;
      return { host, peer, message: `The link from ${host} to ${peer} did not come up ${within}: ${why}` };
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
