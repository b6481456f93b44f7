import type { AdjustedSchedule, GuestSpec, Machine, VirtualNetwork, VMSet } from '../../schema/generated/types.js';
import { computeCores, durationMs, memoryMib, rateMbps } from '../../schema/quantities.js';
import { type Filled, filled } from '../../schema/validate/defaults.js';
import { madeMac } from '../../schema/validate/made-mac.js';
import type { Snapshot, SnapshotVm } from '../model/snapshot.js';
import { snapshotSchedule } from './snapshot-schedule.js';

type Member = VMSet['spec']['members'][number];

/** The VMs of all sets, by name; `hostOf` says where each one is, `adjusted` what users have put in place of schedules. */
export function snapshotVms(
  sets: readonly VMSet[],
  networks: readonly VirtualNetwork[],
  hostOf: ReadonlyMap<string, string>,
  adjusted: ReadonlyMap<string, AdjustedSchedule> = new Map(),
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
        ...(set.spec.disk === undefined ? {} : { diskGib: memoryMib(set.spec.disk) / 1024 }),
        ...migrationLoad(set.spec.migration),
        ...snapshotSchedule(set.spec, adjusted.get(name)),
        host: hostOf.get(name) ?? null,
      };
    });
  });
  return vms.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function migrationLoad(migration: VMSet['spec']['migration']): Pick<SnapshotVm, 'migration'> {
  if (migration === undefined) return {};
  const { state, dirtyRate, longest } = migration;
  return {
    migration: {
      stateMib: memoryMib(state),
      dirtyMbps: dirtyRate === undefined ? 0 : rateMbps(dirtyRate),
      ...(longest === undefined ? {} : { maxSeconds: durationMs(longest) / 1000 }),
    },
  };
}

/** Members that must be together or apart, by the name of their set. */
export function placementGroups(sets: readonly VMSet[]): Snapshot['groups'] {
  return sets.flatMap(({ metadata: { name }, spec: { placement, members } }) => {
    const vms = members.map((member) => member.name);
    return (['together', 'apart'] as const).flatMap((kind) => {
      const within = placement?.[kind];
      return within === undefined || vms.length < 2 ? [] : [{ name, kind, within, vms }];
    });
  });
}

function guestSpec(
  { network, driver, machine, compute, memory }: Filled<'VMSet'>,
  { name, mac, address }: Member,
  prefixes: ReadonlyMap<string, string>,
): GuestSpec {
  return {
    name,
    network,
    mac: mac ?? madeMac(prefixes.get(network) ?? '', name),
    ...(address === undefined ? {} : { address }),
    driver,
    ...(machine === undefined ? {} : { machine: wireMachine(machine) }),
    computeCores: computeCores(compute),
    memoryMib: memoryMib(memory),
  };
}

/** The machine as hosts are told of it: quantities in units, all lists there. */
function wireMachine({ disks = [], ...rest }: NonNullable<VMSet['spec']['machine']>): Machine {
  return {
    ...rest,
    disks: disks.map(({ size, ...disk }) => ({ ...disk, ...(size === undefined ? {} : { sizeMib: memoryMib(size) }) })),
  };
}
