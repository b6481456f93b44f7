import type { Problem } from '../../model/problem.js';
import { type Lists, placesByValue } from './lists.js';

export const nowhere = -1;

/** VMs that must be together on one host are placed as one item; all others are items of their own. */
export interface Items {
  count: number;
  /** By VM: its item. */
  itemOf: Int32Array;
  /** VMs of each item. */
  members: Lists;
  /** By item: what its VMs need together. */
  computeCores: Float64Array;
  memoryMib: Float64Array;
  diskGib: Float64Array;
  vms: Float64Array;
  /** By item: where its first VM runs; `nowhere` if it runs nowhere. */
  home: Int32Array;
}

export function itemsOf(problem: Problem): Items {
  const { vms } = problem;
  const [itemOf, count] = joined(problem);
  const members = placesByValue(itemOf, count);
  const items: Items = {
    ...{ count, itemOf, members },
    computeCores: new Float64Array(count),
    memoryMib: new Float64Array(count),
    diskGib: new Float64Array(count),
    vms: new Float64Array(count),
    home: new Int32Array(count).fill(nowhere),
  };
  vms.forEach(({ computeCores, memoryMib, diskGib, current }, vm) => {
    const item = itemOf[vm] as number;
    (items.computeCores[item] as number) += computeCores;
    (items.memoryMib[item] as number) += memoryMib;
    (items.diskGib[item] as number) += diskGib ?? 0;
    (items.vms[item] as number)++;
    if (items.home[item] === nowhere && current !== null) items.home[item] = current;
  });
  return items;
}

/** The item of each VM, in the order of the first VMs of items. */
function joined({ vms, groups = [] }: Problem): [itemOf: Int32Array, count: number] {
  const leader = Int32Array.from(vms, (_, vm) => vm);
  const leaderOf = (vm: number) => {
    let found = vm;
    while (leader[found] !== found) found = leader[found] as number;
    return found;
  };
  for (const { kind, within, vms: together } of groups) {
    if (kind !== 'together' || within !== 'host') continue;
    const leaders = together.map(leaderOf);
    const first = Math.min(...leaders);
    for (const each of leaders) leader[each] = first;
  }
  const itemOf = new Int32Array(vms.length);
  let count = 0;
  for (let vm = 0; vm < vms.length; vm++) {
    const first = leaderOf(vm);
    itemOf[vm] = first === vm ? count++ : (itemOf[first] as number);
  }
  return [itemOf, count];
}
