import type { Infeasible, Problem } from '../model/problem.js';
import { at } from './at.js';
import { HostRoom, isFeasible } from './host-room.js';
import { isOverfull, mappingOrWhyNot } from './infeasible/explain-infeasible.js';
import type { PartialMapping } from './partial-mapping.js';

/** Placements tried before a search for a mapping gives up. */
const searchLimit = 100_000;

/**
 * A mapping within what hosts have, as near to a greedy one as a search by backtracking finds; or why no mapping keeps the hard
 * constraints.
 */
export function fitMapping(greedy: PartialMapping): number[] | Infeasible {
  const { problem, hosts } = greedy;
  if (isFeasible(problem, hosts)) return [...hosts];
  if (!isOverfull(problem)) {
    const found = search(problem, hosts);
    if (found !== null) return found;
    const current = problem.vms.map((vm) => vm.current);
    if (isFeasible(problem, current)) return [...current];
  }
  return mappingOrWhyNot(problem);
}

/** Depth first, the VM with the fewest possible hosts next, its preferred host first; null where none is found. */
function search(problem: Problem, preferred: readonly (number | null)[]): number[] | null {
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
  return descend() ? mapping.map((host) => host as number) : null;
}

function mostConstrained(mapping: readonly (number | null)[], choices: readonly number[]): number | null {
  let chosen: number | null = null;
  for (let vm = 0; vm < mapping.length; vm++) {
    if (mapping[vm] === null && (chosen === null || at(choices, vm) < at(choices, chosen))) chosen = vm;
  }
  return chosen;
}
