import type { Edit, HostClock, HostState, VmSchedule } from '../schema/generated/types.js';
import type { HostConfig } from './model/fleet-state.js';
import type { Snapshot } from './model/snapshot.js';

/**
 * What a host is told beside what it shall be: how often it observes, how soon it takes a link for down, who may schedule its processes, and how
 * far its clock is from that which phases are counted on.
 */
export type HostTerms = Required<Pick<HostState, 'samplingIntervalMs' | 'keepAliveMs'>> &
  Pick<HostState, 'operators' | 'clock'>;

/** By host. */
export function hostTerms(
  { adaptation, hosts }: Pick<Snapshot, 'adaptation' | 'hosts'>,
  clockOf: (host: string) => HostClock | undefined,
): (host: string) => HostTerms {
  const { vttif, keepAliveMs } = adaptation;
  const operators = new Map(hosts.map((host) => [host.name, host.operators]));
  return (host) => {
    const some = operators.get(host);
    const clock = clockOf(host);
    return {
      samplingIntervalMs: vttif.samplingIntervalMs,
      keepAliveMs,
      ...(some === undefined ? {} : { operators: some }),
      ...(clock === undefined ? {} : { clock }),
    };
  };
}

/** What a host is told so that `edit` takes effect: `host`, which is the host after the edit, and which guests go where. */
export function hostState(edit: Edit, host: HostConfig, { clock, ...terms }: HostTerms): Omit<HostState, 'generation'> {
  const schedules = [...host.schedules.values()];
  const arriving = new Map((edit.addGuests ?? []).map((guest) => [guest.name, guest]));
  return {
    host: edit.host,
    ...terms,
    networks: [...host.networks.values()],
    links: [...host.links.values()],
    guests: [...host.guests.values()].map((guest) => arriving.get(guest.name) ?? guest),
    departures: (edit.removeGuests ?? []).flatMap(({ guest, to }) => (to === undefined ? [] : [{ guest, to }])),
    removals: (edit.removeGuests ?? []).flatMap(({ guest, to }) => (to === undefined ? [guest] : [])),
    rules: [...host.rules.values()],
    ...(clock && hasPhases(schedules) ? { clock } : {}),
    ...(schedules.length > 0 ? { schedules } : {}),
  };
}

/** Whether some schedule begins its periods at told instants: nothing else depends on the clock of a host. */
export const hasPhases = (schedules: readonly VmSchedule[]): boolean =>
  schedules.some(({ phaseUs }) => phaseUs !== undefined);
