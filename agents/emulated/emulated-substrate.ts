import type { LinkEnd } from '../../schema/generated/types.js';
import type { Substrate } from '../substrate.js';
import { scheduleCapability } from '../vsched/scheduler-backend.js';
import type { EmulatedHost } from './emulated-host.js';
import { EmulatedVmm } from './emulated-vmm.js';
import { EmulatedVnetCore } from './emulated-vnet-core.js';
import { EmulatedVsched } from './emulated-vsched.js';
import { EmulatedWren, type WrenNoise } from './emulated-wren.js';
import type { Emulation } from './emulation.js';
import { linkKinds, wireguardKey } from './link-kinds.js';

/** A substrate, and the life of the agent process that uses it. */
export interface OpenSubstrate {
  substrate: Substrate;
  isOpen(): boolean;
  /** From here on its use is a bug. */
  end(): void;
}

/** Without `noise` packets cannot be looked at. */
export function emulatedSubstrate(emulation: Emulation, host: EmulatedHost, noise?: WrenNoise): OpenSubstrate {
  const vnet = new EmulatedVnetCore(emulation, host);
  const vmm = new EmulatedVmm(emulation, host);
  const vsched = new EmulatedVsched(host, () => emulation.now());
  const wren = noise && new EmulatedWren(emulation, host, noise);
  let open = true;
  const whileOpen = <T>(part: T): T => {
    if (!open) throw new Error(`the substrate of ${host.name} is closed`);
    return part;
  };
  const substrate: Substrate = {
    capabilities: {
      core: 'emulated',
      drivers: ['netns', 'qemu'],
      linkTypes: Object.keys(linkKinds) as LinkEnd['type'][],
      ...(wren ? { stamps: true } : {}),
      schedules: scheduleCapability(vsched.ability, true),
      wireguardKey: wireguardKey(host.name),
    },
    get vnet() {
      return whileOpen(vnet);
    },
    get vmm() {
      return whileOpen(vmm);
    },
    get vsched() {
      return whileOpen(vsched);
    },
    ...(wren ? { wren } : {}),
    close: async () => {
      open = false;
    },
  };
  return {
    substrate,
    isOpen: () => open,
    end: () => {
      open = false;
    },
  };
}
