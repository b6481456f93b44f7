import type {
  ConstraintInTheWay,
  Infeasibility,
  PlacementProblem,
  SolveHost,
} from '../../../schema/generated/types.js';
import { breachesOf } from './verifier.js';

/**
 * What is wrong with an explanation of why a small problem has no solution, by trying all mappings: the VMs named cannot be placed under
 * the constraints named, and could without any one of these VMs or constraints.
 */
export function explanationFaults(file: PlacementProblem, { constraints, vms, isMinimal }: Infeasibility): string[] {
  if (isFeasible(file)) return ['there is a mapping'];
  if (!isMinimal) return ['it is not minimal'];
  const core = reduced(file, vms, constraints);
  if (isFeasible(core)) return ['there is a mapping for the VMs and constraints that are named'];
  const spared = vms.filter((vm) => !isFeasible(reduced(file, except(vms, vm), constraints)));
  const idle = constraints.filter((each) => !isFeasible(reduced(file, vms, except(constraints, each))));
  return [
    ...spared.map((vm) => `without ${vm} there is none either`),
    ...idle.map((each) => `without ${JSON.stringify(each)} there is none either`),
  ];
}

function except<T>(list: readonly T[], item: T): T[] {
  return list.filter((each) => each !== item);
}

/** Whether any mapping satisfies the constraints on mappings; paths keep to the star. */
export function isFeasible(file: PlacementProblem): boolean {
  const { fastPathLinks: _, ...limits } = file.limits ?? {};
  const bare = { ...file, demands: [], limits };
  const mappings = file.hosts.length ** file.vms.length;
  for (let number = 0; number < mappings; number++) {
    let rest = number;
    const mapping = file.vms.map((vm) => {
      const host = file.hosts[rest % file.hosts.length]?.name as string;
      rest = Math.floor(rest / file.hosts.length);
      return { vm: vm.name, host, ...(vm.host !== undefined && vm.host !== host && { from: vm.host }) };
    });
    if (breachesOf(bare, { mapping, paths: [] }).length === 0) return true;
  }
  return false;
}

const ofHosts = { compute: 'computeCores', memory: 'memoryMib', disk: 'diskGib', guests: 'maxGuests' } as const;
const ofAll = { moves: 'moves', 'migration-seconds': 'migrationSeconds', 'migration-mib': 'migrationMib' } as const;

/** The problem with some of its VMs and constraints on mappings alone. */
function reduced(
  file: PlacementProblem,
  names: readonly string[],
  kept: readonly ConstraintInTheWay[],
): PlacementProblem {
  const has = (wanted: ConstraintInTheWay) =>
    kept.some((each) =>
      (Object.keys(wanted) as (keyof ConstraintInTheWay)[]).every((key) => each[key] === wanted[key]),
    );
  const hosts = file.hosts.map((host): SolveHost => {
    const copy = { ...host };
    for (const of of ['compute', 'memory', 'disk', 'guests'] as const)
      if (!has({ kind: 'host', host: host.name, of })) delete copy[ofHosts[of]];
    return copy;
  });
  const vms = file.vms
    .filter(({ name }) => names.includes(name))
    .map(({ pin, hosts: listed, sites, migration, ...vm }) => {
      const isConfined = has({ kind: 'allowed-hosts', vm: vm.name });
      const isTimed = has({ kind: 'longest-migration', vm: vm.name });
      return {
        ...vm,
        ...(isConfined && {
          ...(pin !== undefined && { pin }),
          ...(listed && { hosts: listed }),
          ...(sites && { sites }),
        }),
        ...(migration && { migration: isTimed ? migration : { ...migration, maxSeconds: Number.POSITIVE_INFINITY } }),
      };
    });
  const groups = (file.groups ?? [])
    .filter(({ name }) => has({ kind: 'group', group: name }))
    .map((group) => ({ ...group, vms: group.vms.filter((vm) => names.includes(vm)) }));
  const limits = { ...file.limits };
  for (const kind of ['moves', 'migration-seconds', 'migration-mib'] as const)
    if (!has({ kind })) delete limits[ofAll[kind]];
  return { ...file, hosts, vms, demands: [], groups, limits };
}
