import type { PartialPlacement } from '../infeasible/partial-placement.js';
import type { Found } from './incumbent.js';
import type { SearchParts } from './routing-search.js';

/**
 * A configuration to begin with where none is given: from some mapping, VM by VM the move or exchange that is worth most with paths
 * found greedily, until none is worth anything. `placement` is empty before and after.
 */
export function climb(parts: SearchParts, placement: PartialPlacement, start: Int32Array): void {
  const { graph, incumbent, meter, valuation } = parts;
  const mapping = start.slice();
  mapping.forEach((host, vm) => {
    placement.place(vm, host);
  });
  incumbent.offer(valuation.routed(mapping));
  let best: Found | null = null;
  while (best !== incumbent.found && !meter.isSpent) {
    best = incumbent.found;
    for (let vm = 0; vm < mapping.length; vm++) {
      for (let host = 0; host < graph.hosts && !meter.isSpent; host++) {
        if (mapping[vm] === host) continue;
        meter.used += graph.demands;
        const other = change(placement, mapping, vm, host);
        if (other === null) continue;
        const before = incumbent.found;
        incumbent.offer(valuation.routed(mapping.slice()));
        if (incumbent.found === before) change(placement, mapping, vm, other.home, other.vm);
      }
    }
  }
  for (let vm = 0; vm < mapping.length; vm++) placement.remove(vm);
}

/** Moves a VM, or exchanges it with one on that host; what to do to take it back, null if nothing fits. */
function change(
  placement: PartialPlacement,
  mapping: Int32Array,
  vm: number,
  host: number,
  back = -1,
): { home: number; vm: number } | null {
  const home = mapping[vm] as number;
  const put = (which: number, where: number) => {
    placement.place(which, where);
    mapping[which] = where;
  };
  placement.remove(vm);
  if (back < 0 && placement.fits(vm, host)) {
    put(vm, host);
    return { home, vm: -1 };
  }
  for (const other of back < 0 ? mapping.keys() : [back]) {
    if (other === vm || mapping[other] !== host) continue;
    placement.remove(other);
    if (placement.fits(vm, host)) {
      put(vm, host);
      if (placement.fits(other, home)) {
        put(other, home);
        return { home, vm: other };
      }
      placement.remove(vm);
    }
    put(other, host);
  }
  put(vm, home);
  return null;
}
