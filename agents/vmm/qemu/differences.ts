import type { GuestSpec } from '../../../schema/generated/types.js';
import { vcpusOf } from './machine-command.js';

/** Fields in which a machine that runs is not as it should be, and which cannot change while it does. Its CD can. */
export function differences(wanted: GuestSpec, started: GuestSpec): string[] {
  const [now, before] = [wanted, started].map(fixed);
  return Object.keys(now ?? {}).filter((field) => JSON.stringify(now?.[field]) !== JSON.stringify(before?.[field]));
}

function fixed(spec: GuestSpec): Record<string, unknown> {
  const { network, mac, address, memoryMib, machine } = spec;
  const { disks, boot, cloudInit } = machine ?? {};
  const vcpus = machine && vcpusOf(spec, machine);
  return { network, mac, address, memoryMib, vcpus, disks, boot, cloudInit };
}
