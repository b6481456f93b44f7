import type { Infeasible, Problem } from '../model/problem.js';
import { at } from './at.js';
import { HostRoom, isFeasible } from './host-room.js';
import type { PartialMapping } from './partial-mapping.js';

/** Placements tried before a search for a mapping gives up. */
const searchLimit = 100_000;

/**
 * A mapping that keeps every constraint, as near to a greedy one as a search by backtracking finds. Infeasible if there is
 * none, or if the search gave up; its message says which.
 */
export function fitMapping(greedy: PartialMapping): number[] | Infeasible {
  const { problem, hosts } = greedy;
  if (isFeasible(problem, hosts)) return [...hosts];
  const tooLarge = vmsThatFitNowhere(problem, new HostRoom(problem));
  if (tooLarge.length > 0)
    return { kind: 'infeasible', vms: tooLarge, message: `${names(tooLarge)}: no host takes it even when empty` };
  const found = totalsExceeded(problem) ? 'none' : search(problem, hosts);
  if (Array.isArray(found)) return found;
  const current = problem.vms.map((vm) => vm.current);
  if (isFeasible(problem, current)) return [...current];
  const vms = vmsThatFitNowhere(problem, greedy.room, hosts);
  const reason =
    found === 'none'
      ? 'the hosts cannot hold all VMs together'
      : `the search gave up after ${searchLimit} placements; a mapping may exist`;
  return { kind: 'infeasible', vms, message: `${names(vms)}: no room is left beside the other VMs; ${reason}` };
}

function names(vms: Infeasible['vms']): string {
  return vms.map((vm) => vm.name).join(', ');
}

/** VMs without a place that no host takes, with what excluded how many hosts. */
function vmsThatFitNowhere(
  problem: Problem,
  room: HostRoom,
  placed: readonly (number | null)[] = [],
): Infeasible['vms'] {
  return problem.vms.flatMap(({ name }, vm) => {
    const reasons = { 'not-allowed': 0, compute: 0, memory: 0, 'max-guests': 0 };
    if ((placed[vm] ?? null) !== null) return [];
    for (let host = 0; host < problem.hosts.length; host++) {
      const obstacles = room.obstacles(vm, host);
      if (obstacles.length === 0) return [];
      for (const obstacle of obstacles) reasons[obstacle]++;
    }
    return [{ name, reasons }];
  });
}

/** Whether all VMs together need more than all hosts together have: no search is needed then. */
function totalsExceeded({ hosts, vms }: Problem): boolean {
  const total = (list: readonly { computeCores: number; memoryMib: number }[], of: 'computeCores' | 'memoryMib') =>
    list.reduce((sum, item) => sum + item[of], 0);
  const guests = hosts.reduce((sum, host) => sum + (host.maxGuests ?? Number.POSITIVE_INFINITY), 0);
  const slack = 1e-6;
  return (
    total(vms, 'computeCores') > total(hosts, 'computeCores') + slack ||
    total(vms, 'memoryMib') > total(hosts, 'memoryMib') + slack ||
    vms.length > guests
  );
}

/** Depth first, the VM with the fewest possible hosts next, its preferred host first. */
function search(problem: Problem, preferred: readonly (number | null)[]): number[] | 'none' | 'gave-up' {
  const room = new HostRoom(problem);
  const mapping: (number | null)[] = problem.vms.map(() => null);
  const choices = problem.vms.map(({ allowed }, vm) => allowed.filter((host) => room.fits(vm, host)).length);
  let placements = 0;

  /** Puts a VM on a host or takes it off, and keeps the numbers of choices of the others. */
  const change = (vm: number, host: number, to: number | null) => {
    const open = problem.vms.map((_, other) => other).filter((other) => other !== vm && mapping[other] === null);
    const fitted = open.map((other) => room.fits(other, host));
    if (to === null) room.remove(vm, host);
    else room.place(vm, host);
    mapping[vm] = to;
    open.forEach((other, place) => {
      choices[other] = at(choices, other) + Number(room.fits(other, host)) - Number(fitted[place]);
    });
  };
  const descend = (): boolean => {
    const vm = mostConstrained(mapping, choices);
    if (vm === null) return true;
    const order = [...at(problem.vms, vm).allowed];
    const first = preferred[vm] ?? at(problem.vms, vm).current;
    order.sort((a, b) => Number(b === first) - Number(a === first) || a - b);
    for (const host of order) {
      if (!room.fits(vm, host)) continue;
      if (placements >= searchLimit) return false;
      placements++;
      change(vm, host, host);
      if (descend()) return true;
      change(vm, host, null);
    }
    return false;
  };
  if (descend()) return mapping.map((host) => host as number);
  return placements >= searchLimit ? 'gave-up' : 'none';
}

function mostConstrained(mapping: readonly (number | null)[], choices: readonly number[]): number | null {
  let chosen: number | null = null;
  for (let vm = 0; vm < mapping.length; vm++) {
    if (mapping[vm] === null && (chosen === null || at(choices, vm) < at(choices, chosen))) chosen = vm;
  }
  return chosen;
}
