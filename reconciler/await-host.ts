import type { Edit, HostReport } from '../schema/generated/types.js';
import type { ApplyOptions } from './apply-options.js';
import { converged } from './converged.js';
import { hostState } from './host-state.js';
import type { HostConfig } from './model/fleet-state.js';
import type { Fleet } from './ports.js';

export type WaitOptions = Pick<ApplyOptions, 'fleet' | 'clock' | 'stepTimeoutMs' | 'stop'>;

/** Once a newer commit is there, a step gets so long to come to its end: one that is about to should. */
const supersededGraceMs = 1000;

/** Tells a host what it shall be and waits until it is; returns why it is not in time, or nothing. */
export async function desireAndWait(
  edit: Edit,
  wanted: HostConfig,
  options: WaitOptions & Pick<ApplyOptions, 'terms'>,
): Promise<string> {
  const state = hostState(edit, wanted, options.terms(edit.host));
  let sent = options.fleet.desire(state);
  if (sent.kind === 'unreachable') return `${sent.message} Start it, or look at its log.`;
  let boot = bootOf(edit.host, options.fleet);
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

/** The run of a host's agent; undefined before it has reported. */
export function bootOf(host: string, fleet: Pick<Fleet, 'hosts'>): string | undefined {
  return fleet.hosts().find((status) => status.host === host)?.report.boot;
}

/** Waits until the host's report satisfies `holds`; returns why it did not in time, or nothing. */
export function until(host: string, holds: (report: HostReport) => boolean, options: WaitOptions): Promise<string> {
  const { fleet, clock, stepTimeoutMs, stop } = options;
  const newest = () => fleet.hosts().find((status) => status.host === host);
  const satisfied = () => {
    const report = newest()?.report;
    return report !== undefined && holds(report);
  };
  return new Promise((resolve) => {
    if (satisfied()) return resolve('');
    let stopGrace: () => void = () => undefined;
    const end = (problem: string) => {
      stopListening();
      stopTimer();
      stopGrace();
      stop?.removeEventListener('abort', superseded);
      resolve(problem);
    };
    const superseded = () => {
      stopGrace = clock.after(supersededGraceMs, () =>
        end(`${supersededBy(stop)} came while ${host} had not converged: the next pass goes on from what is there.`),
      );
    };
    const stopListening = fleet.onReport((changed) => {
      if (changed === host && satisfied()) end('');
    });
    const stopTimer = clock.after(stepTimeoutMs, () => end(whyNot(host, newest(), stepTimeoutMs)));
    if (stop?.aborted) superseded();
    else stop?.addEventListener('abort', superseded);
  });
}

/** What a plan makes way for. */
export function supersededBy(stop: AbortSignal | undefined): string {
  return `Commit ${String(stop?.reason).slice(0, 12)}`;
}

function whyNot(host: string, status: ReturnType<Fleet['hosts']>[number] | undefined, afterMs: number): string {
  if (!status?.connected) return `The agent of ${host} went away. Start it, or look at its log.`;
  const faults = status.report.faults.map((fault) => `${fault.kind} ${fault.subject}: ${fault.message}`);
  if (faults.length > 0) return `${host} could not converge: ${faults.join('; ')}`;
  return `${host} did not converge within ${afterMs} ms. Look at the log of its agent.`;
}
