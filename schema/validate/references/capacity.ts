import type { Diagnostic, Host, VMSet } from '../../generated/types.js';
import { computeCores, memoryMib } from '../../quantities.js';
import { filled } from '../defaults.js';
import { broken } from '../diagnostic.js';
import type { Located } from '../document.js';
import type { Check, Repository } from './repository.js';

interface Capacity {
  computeCores: number;
  memoryMib: number;
  guests: number;
}

/** Every VM fits on some host where it may run, and what is pinned to one host fits there together. */
export const checkCapacity: Check = (repository) => {
  if (!repository.isComplete('Host')) return [];
  const bySite = usableHosts(repository);
  return [...repository.of('VMSet').flatMap((set) => oversized(set, bySite)), ...overpinned(repository)];
};

/** Capacities of hosts that may hold VMs, by site; without those that another host of the site outdoes. */
function usableHosts(repository: Repository): Map<string, Capacity[]> {
  const bySite = new Map<string, Capacity[]>();
  for (const { document } of repository.of('Host')) {
    const capacity = capacityOf(document);
    const others = bySite.get(document.spec.site) ?? [];
    if (capacity.guests === 0 || others.some((other) => fits(capacity, other))) continue;
    bySite.set(document.spec.site, [...others.filter((other) => !fits(other, capacity)), capacity]);
  }
  return bySite;
}

function oversized({ document: { spec }, locate }: Located<'VMSet'>, bySite: Map<string, Capacity[]>): Diagnostic[] {
  const sites = spec.placement?.sites;
  const capacities = (sites ?? [...bySite.keys()]).flatMap((site) => bySite.get(site) ?? []);
  const need = needOf(spec);
  if (capacities.length === 0 || capacities.some((capacity) => fits(need, capacity))) return [];
  const most = (field: 'computeCores' | 'memoryMib') => Math.max(...capacities.map((capacity) => capacity[field]));
  const where = sites ? 'the largest host of its sites has' : 'the largest host has';
  if (need.computeCores > most('computeCores')) {
    const summary = `Each VM needs ${need.computeCores} cores; ${where} ${most('computeCores')} for VMs.`;
    return [broken('VIRT4001', locate(['spec', 'compute']), summary)];
  }
  if (need.memoryMib > most('memoryMib')) {
    const summary = `Each VM needs ${need.memoryMib} MiB; ${where} ${most('memoryMib')} MiB.`;
    return [broken('VIRT4001', locate(['spec', 'memory']), summary)];
  }
  return [broken('VIRT4001', locate(['spec', 'compute']), 'No host has as much compute and as much memory at once.')];
}

/** The first VM pinned to a host that does not fit beside those pinned there before. */
function overpinned(repository: Repository): Diagnostic[] {
  const left = new Map(repository.of('Host').map(({ document }) => [document.metadata.name, capacityOf(document)]));
  return repository.of('VMSet').flatMap(({ document: { spec }, locate }) =>
    spec.members.flatMap(({ pin }, index): Diagnostic[] => {
      const capacity = pin === undefined ? undefined : left.get(pin);
      if (pin === undefined || !capacity) return [];
      const need = needOf(spec);
      const rest = {
        computeCores: capacity.computeCores - need.computeCores,
        memoryMib: capacity.memoryMib - need.memoryMib,
        guests: capacity.guests - 1,
      };
      left.set(pin, rest);
      if (fits(need, capacity)) return [];
      left.delete(pin); // told once for each host
      const summary = `\`${pin}\` cannot hold this VM beside the others that are pinned to it: ${lacking(rest)}.`;
      return [broken('VIRT4005', locate(['spec', 'members', index, 'pin']), summary)];
    }),
  );
}

function lacking({ computeCores, memoryMib, guests }: Capacity): string {
  if (guests < 0) return 'it holds as many VMs as it may';
  return computeCores < -tolerance ? `${-computeCores} cores are missing` : `${-memoryMib} MiB are missing`;
}

function capacityOf({ spec }: Host): Capacity {
  const { compute, reservedShare, memory, maxGuests } = filled('Host', spec);
  return {
    computeCores: computeCores(compute) * (1 - reservedShare),
    memoryMib: memoryMib(memory),
    guests: maxGuests ?? Number.POSITIVE_INFINITY,
  };
}

function needOf({ compute, memory }: VMSet['spec']): { computeCores: number; memoryMib: number } {
  return { computeCores: computeCores(compute), memoryMib: memoryMib(memory) };
}

/** Sums of shares of cores are inexact. */
const tolerance = 1e-9;

function fits(need: { computeCores: number; memoryMib: number }, capacity: Capacity): boolean {
  const { computeCores: cores, memoryMib: memory, guests } = capacity;
  return need.computeCores <= cores + tolerance && need.memoryMib <= memory + tolerance && guests >= 1;
}
