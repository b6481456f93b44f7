import type { Substrate } from '../../agents/substrate.js';

type Around = <T>(task: () => Promise<T>) => Promise<T>;

/** A substrate with something around each of its calls: those that only look, and those that may change the host. */
export function wrappedSubstrate(
  { capabilities, vnet, vmm, vsched, close }: Substrate,
  { read, change }: { read: Around; change: Around },
): Substrate {
  return {
    capabilities,
    vnet: {
      provide: (networks, links) => change(() => vnet.provide(networks, links)),
      forward: (rules) => change(() => vnet.forward(rules)),
      retire: (networks, links) => change(() => vnet.retire(networks, links)),
      current: () => read(() => vnet.current()),
      counters: () => read(() => vnet.counters()),
    },
    vmm: {
      converge: (guests, departures, removals) => change(() => vmm.converge(guests, departures, removals)),
      current: () => read(() => vmm.current()),
      usage: () => read(() => vmm.usage()),
    },
    ...(vsched && {
      vsched: {
        keep: (schedules) => change(() => vsched.keep(schedules)),
        current: () => read(() => vsched.current()),
        adjust: (vm, adjusted) => change(() => vsched.adjust(vm, adjusted)),
      },
    }),
    close: () => read(() => close()),
  };
}
