import type { Fault, HostState } from '../schema/generated/types.js';
import type { Substrate } from './substrate.js';

const defaultKeepAliveMs = 1000;

/**
 * Brings one host to `state`, however far it is from it: what is needed is made and schedules are admitted first, then guests come and go, then the whole
 * forwarding table switches, and only then what nothing uses any more is taken away. Returns what could not be done.
 */
export async function converge(substrate: Substrate, state: HostState): Promise<Fault[]> {
  const { vnet, vmm } = substrate;
  return [
    ...((await vnet.keepAlive?.(state.keepAliveMs ?? defaultKeepAliveMs)) ?? []),
    ...(await vnet.provide(state.networks, state.links)),
    ...(await keepSchedules(substrate, state)),
    ...(await vmm.converge(state.guests, state.departures, state.removals)),
    ...(await vnet.forward(state.rules)),
    ...(await vnet.retire(state.networks, state.links)),
  ];
}

async function keepSchedules({ vsched }: Substrate, { host, clock, schedules = [] }: HostState): Promise<Fault[]> {
  if (clock) await vsched?.follow?.(clock);
  if (vsched) return vsched.keep(schedules);
  return schedules.map(({ vm }): Fault => {
    const message = `${host} keeps no schedules: let ${vm} run elsewhere, or as an ordinary process.`;
    return { kind: 'schedule', subject: vm, message };
  });
}
