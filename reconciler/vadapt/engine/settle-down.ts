import type { Seen } from './anneal-arrangement.js';
import type { Arrangement } from './arrangement.js';
import { lift } from './lift.js';
import { Marks } from './marks.js';
import type { Manner, Routing } from './routing.js';
import { compareStandings } from './standing.js';

/** Rounding could let two arrangements each pass for better than the other. */
const mostPasses = 20;
/** Moves of VMs up to which all are tried, in each pass. */
const mostMoves = 2000;

const denseManners: readonly Manner[] = ['relay', 'direct', 'star', 'widest'];
const sparseManners: readonly Manner[] = ['spread', 'near', 'widest', 'star'];

/**
 * Improves an arrangement until no single step does: VMs go back to where they run, or elsewhere, swapping places if need be, and paths
 * lose needless hops. Chance sees such ties seldom.
 */
export function settleDown(arrangement: Arrangement, routing: Routing): Seen {
  return new Descent(arrangement, routing).run();
}

class Descent {
  readonly #arrangement: Arrangement;
  readonly #routing: Routing;
  readonly #manners: readonly Manner[];
  readonly #affected: Marks;
  #best: Seen;

  constructor(arrangement: Arrangement, routing: Routing) {
    this.#arrangement = arrangement;
    this.#routing = routing;
    this.#manners = routing.isDense ? denseManners : sparseManners;
    this.#affected = new Marks(arrangement.graph.demands);
    this.#best = { kept: arrangement.save(), standing: arrangement.standing() };
  }

  run(): Seen {
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = this.#best;
      this.#moveVms();
      this.#moveDemands();
      if (this.#best === before) break;
    }
    return this.#best;
  }

  #moveVms(): void {
    const { vms } = this.#arrangement.graph.problem;
    const all = vms.reduce((sum, { allowed }) => sum + allowed.length, 0);
    vms.forEach(({ current, allowed }, vm) => {
      const isHomeAllowed = current !== null && allowed.includes(current);
      const hosts = all <= mostMoves ? allowed : isHomeAllowed ? [current] : [];
      for (const host of hosts) this.#moveVm(vm, host);
    });
  }

  /** To a host, alone or in exchange for one of its guests. */
  #moveVm(vm: number, host: number): void {
    const { mapping, room } = this.#arrangement;
    for (const partner of [-1, ...room.guestsOf(host)]) {
      if (mapping[vm] === host) return;
      for (const manner of this.#manners.slice(0, 2)) {
        if (this.#exchange(vm, host, partner, manner)) break;
      }
    }
  }

  #exchange(vm: number, host: number, partner: number, manner: Manner): boolean {
    const { mapping, room } = this.#arrangement;
    const home = mapping[vm] as number;
    this.#affected.clear();
    lift(this.#arrangement, vm, this.#affected);
    if (partner >= 0) lift(this.#arrangement, partner, this.#affected);
    let isPossible = room.fits(vm, host);
    if (isPossible) this.#arrangement.place(vm, host);
    if (isPossible && partner >= 0) {
      isPossible = room.fits(partner, home);
      if (isPossible) this.#arrangement.place(partner, home);
    }
    if (!isPossible) {
      this.#arrangement.undo();
      return false;
    }
    for (let i = 0; i < this.#affected.count; i++) this.#routing.route(this.#affected.items[i] as number, manner);
    return this.#keepIfBetter();
  }

  #moveDemands(): void {
    const { demands } = this.#arrangement.graph;
    for (let demand = 0; demand < demands; demand++) {
      for (const manner of this.#manners) {
        this.#routing.route(demand, manner);
        this.#keepIfBetter();
      }
    }
  }

  #keepIfBetter(): boolean {
    this.#arrangement.settle();
    const standing = this.#arrangement.standing();
    if (compareStandings(this.#arrangement.ledger.objective, standing, this.#best.standing) <= 0) {
      this.#arrangement.undo();
      return false;
    }
    this.#arrangement.keep();
    this.#best = { kept: this.#arrangement.save(), standing };
    return true;
  }
}
