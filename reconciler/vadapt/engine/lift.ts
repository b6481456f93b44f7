import type { Arrangement } from './arrangement.js';
import type { Marks } from './marks.js';

const noEdges = new Int32Array(0);

/** Takes a VM off its host and its demands off their paths, which are added to `affected`: they need others. */
export function lift(arrangement: Arrangement, vm: number, affected: Marks): void {
  const { demandsOfVm, firstDemand } = arrangement.graph;
  arrangement.place(vm, -1);
  for (let place = firstDemand[vm] as number; place < (firstDemand[vm + 1] as number); place++) {
    const demand = demandsOfVm[place] as number;
    if (!affected.has(demand)) arrangement.route(demand, noEdges, 0);
    affected.add(demand);
  }
}
