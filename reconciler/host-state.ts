import type { Edit, HostState } from '../schema/generated/types.js';
import type { HostConfig } from './model/fleet-state.js';
import type { AdaptationParameters } from './model/snapshot.js';

/** How often a host observes, and how soon it takes a link for down. */
export type HostTiming = Required<Pick<HostState, 'samplingIntervalMs' | 'keepAliveMs'>>;

export function hostTiming({ vttif, keepAliveMs }: AdaptationParameters): HostTiming {
  return { samplingIntervalMs: vttif.samplingIntervalMs, keepAliveMs };
}

/** What a host is told so that `edit` takes effect: `host`, which is the host after the edit, and which guests go where. */
export function hostState(edit: Edit, host: HostConfig, timing: HostTiming): Omit<HostState, 'generation'> {
  const arriving = new Map((edit.addGuests ?? []).map((guest) => [guest.name, guest]));
  return {
    host: edit.host,
    ...timing,
    networks: [...host.networks.values()],
    links: [...host.links.values()],
    guests: [...host.guests.values()].map((guest) => arriving.get(guest.name) ?? guest),
    departures: (edit.removeGuests ?? []).flatMap(({ guest, to }) => (to === undefined ? [] : [{ guest, to }])),
    removals: (edit.removeGuests ?? []).flatMap(({ guest, to }) => (to === undefined ? [guest] : [])),
    rules: [...host.rules.values()],
    ...(host.schedules.size > 0 ? { schedules: [...host.schedules.values()] } : {}),
  };
}
