import { at } from './at.js';
import type { Overlay } from './overlay.js';
import { Placement, type Saved } from './placement.js';
import { direct, following, type Manner, reroute, star, widest } from './rerouting.js';
import type { Route } from './route.js';
import { isBetter } from './standing.js';

const manners: readonly Manner[] = [following, direct, star, widest];

/** Rounding could let two configurations each pass for better than the other. */
const mostPasses = 20;

/**
 * Improves a configuration until no single step does: VMs go back to where they run, swapping places if need be, and paths
 * lose needless hops. Annealing sees such ties by chance only.
 */
export function polish(overlay: Overlay, start: Saved): Saved {
  let best = start;
  const placement = new Placement(overlay, start);
  const attempt = (change: () => ReadonlyMap<number, Route> | null, manner: Manner) => {
    const former = change();
    if (former === null) {
      placement.undo();
      return;
    }
    reroute(placement, former, manner);
    const standing = placement.standing();
    if (isBetter(overlay.problem.objective, standing, best.standing)) {
      placement.keep();
      best = placement.save(standing);
    } else placement.undo();
  };

  for (let pass = 0; pass < mostPasses; pass++) {
    const before = best;
    overlay.problem.vms.forEach(({ current }, vm) => {
      if (current === null || !at(overlay.problem.vms, vm).allowed.includes(current)) return;
      for (const partner of [null, ...placement.room.guestsOf(current)]) {
        for (const manner of manners) {
          if (placement.hostOf(vm) !== current) attempt(() => exchange(placement, vm, current, partner), manner);
        }
      }
    });
    overlay.problem.demands.forEach((_, demand) => {
      for (const manner of manners) attempt(() => new Map([[demand, placement.takeOff(demand)]]), manner);
    });
    if (best === before) break;
  }
  return best;
}

/** Moves a VM to a host, and `partner` from there to where the VM was; null if one does not fit. */
function exchange(placement: Placement, vm: number, host: number, partner: number | null): Map<number, Route> | null {
  const former = new Map<number, Route>();
  const from = placement.hostOf(vm);
  placement.evict(vm, former);
  if (partner !== null) placement.evict(partner, former);
  if (!placement.room.fits(vm, host)) return null;
  placement.settle(vm, host);
  if (partner === null) return former;
  if (!placement.room.fits(partner, from)) return null;
  placement.settle(partner, from);
  return former;
}
