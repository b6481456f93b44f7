import type { GuestSpec, VirtualNetwork, VMSet } from '../../schema/generated/types.js';
import { computeCores, memoryMib } from '../../schema/quantities.js';
import { type Filled, filled } from '../../schema/validate/defaults.js';
import { madeMac } from '../../schema/validate/made-mac.js';
import type { SnapshotVm } from '../model/snapshot.js';

type Member = VMSet['spec']['members'][number];

/** The VMs of all sets, by name; `hostOf` says where each one is. */
export function snapshotVms(
  sets: readonly VMSet[],
  networks: readonly VirtualNetwork[],
  hostOf: ReadonlyMap<string, string>,
): SnapshotVm[] {
  const prefixes = new Map(
    networks.map(({ metadata, spec }) => [metadata.name, filled('VirtualNetwork', spec).macPrefix]),
  );
  const vms = sets.flatMap((set) => {
    const spec = filled('VMSet', set.spec);
    return set.spec.members.map((member): SnapshotVm => {
      const { name, pin, initialHost } = member;
      return {
        name,
        set: set.metadata.name,
        spec: guestSpec(spec, member, prefixes),
        pin: pin ?? null,
        sites: set.spec.placement?.sites ?? null,
        initialHost: initialHost ?? null,
        host: hostOf.get(name) ?? null,
      };
    });
  });
  return vms.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function guestSpec(
  { network, driver, compute, memory }: Filled<'VMSet'>,
  { name, mac, address }: Member,
  prefixes: ReadonlyMap<string, string>,
): GuestSpec {
  return {
    name,
    network,
    mac: mac ?? madeMac(prefixes.get(network) ?? '', name),
    ...(address === undefined ? {} : { address }),
    driver,
    computeCores: computeCores(compute),
    memoryMib: memoryMib(memory),
  };
}
