import type { Substrate, VnetCurrent } from '../../agents/substrate.js';
import type { GuestReport } from '../../schema/generated/types.js';

/** A substrate that holds what it is given, for tests of what stands above substrates. */
export function plainSubstrate(): Substrate {
  let vnet: VnetCurrent = { networks: [], links: [], rules: [] };
  let guests: GuestReport[] = [];
  return {
    capabilities: { core: 'emulated', drivers: ['netns'], linkTypes: ['udp'] },
    vnet: {
      provide: async (networks, links) => {
        vnet = { ...vnet, networks, links: links.map((link) => ({ link, up: true, setUpMs: 1 })) };
        return [];
      },
      forward: async (rules) => {
        vnet = { ...vnet, rules };
        return [];
      },
      retire: async () => [],
      current: async () => vnet,
      counters: async () => ({ epoch: 'e', matrix: [], links: [], drops: [] }),
    },
    vmm: {
      converge: async (wanted) => {
        guests = wanted.map(({ from, ...guest }) => ({ guest, phase: from === undefined ? 'running' : 'awaited' }));
        return [];
      },
      current: async () => guests,
      usage: async () => [],
    },
    close: async () => undefined,
  };
}
