import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Arrangement } from './arrangement.js';
import type { Graph } from './graph.js';
import { lift } from './lift.js';
import { Marks } from './marks.js';
import { below, unit } from './random.js';
import type { Routing } from './routing.js';

/** VMs that one move may push aside. */
const mostPushed = 4;
/** Of moves of VMs that share a host: those that take all its guests along, for each alone would lose its partners. */
const blockShare = 0.2;
/** Of new paths where the worst one counts: those of demands that cross the fullest resource, looked for so often. */
const crowdedShare = 0.7;
const drawsBetweenLooks = 8;
/** Of moves of VMs: those to where a partner has wide edges, or to its host. */
const guidedShare = 0.3;

/** Random changes to an arrangement. Each returns false, and has changed nothing that `undo` does not take back, where it is not possible. */
export class Moves {
  readonly #arrangement: Arrangement;
  readonly #routing: Routing;
  readonly #graph: Graph;
  readonly #random: RandomGenerator;
  readonly #affected: Marks;
  readonly #order: number[] = [];
  /** Whether the objective is told by the worst of edges or paths: then only what crosses the fullest ones can make it better. */
  readonly #isForExtremes: boolean;
  #draws = 0;
  #fullest = -1;

  constructor(arrangement: Arrangement, routing: Routing, random: RandomGenerator) {
    this.#arrangement = arrangement;
    this.#routing = routing;
    this.#graph = arrangement.graph;
    this.#random = random;
    this.#affected = new Marks(arrangement.graph.demands);
    this.#isForExtremes = arrangement.ledger.objective.parts.some(
      ({ aggregator, over }) => (aggregator === 'max' || aggregator === 'min') && (over === 'edge' || over === 'path'),
    );
  }

  /** Another path for a random demand. */
  reroute(): boolean {
    if (this.#graph.demands === 0) return false;
    const crowded = this.#isForExtremes && unit(this.#random) < crowdedShare ? this.#crowdedDemand() : -1;
    const demand = crowded < 0 ? below(this.#random, this.#graph.demands) : crowded;
    this.#routing.route(demand, this.#routing.draw(this.#random), this.#random);
    return true;
  }

  /** A random one of those that cross the fullest resource; -1 if nothing is loaded. */
  #crowdedDemand(): number {
    const { paths } = this.#arrangement;
    if (this.#draws++ % drawsBetweenLooks === 0) this.#fullest = paths.fullestResource();
    const count = this.#fullest < 0 ? 0 : paths.users.count(this.#fullest);
    return count === 0 ? -1 : (paths.users.list(this.#fullest)[below(this.#random, count)] as number);
  }

  /** Another host for a random VM; those that have to make room there go where it came from, or where they fit. */
  relocate(): boolean {
    const { vms } = this.#graph.problem;
    const vm = below(this.#random, vms.length);
    const guests = this.#arrangement.room.guestsOf(this.#arrangement.mapping[vm] as number);
    if (guests.length > 1 && unit(this.#random) < blockShare) return this.gather([...guests]);
    return this.relocateTo(vm, this.#target(vm));
  }

  relocateTo(vm: number, host: number): boolean {
    const { mapping, room } = this.#arrangement;
    const home = mapping[vm] as number;
    if (host === home) return false;
    this.#affected.clear();
    lift(this.#arrangement, vm, this.#affected);
    for (let pushed = 0; !room.fits(vm, host); pushed++) {
      const guests = room.guestsOf(host);
      if (guests.length === 0 || pushed === mostPushed) return false;
      const other = guests[below(this.#random, guests.length)] as number;
      lift(this.#arrangement, other, this.#affected);
      const refuge = room.fits(other, home) ? home : this.#refuge(other, host);
      if (refuge < 0) return false;
      this.#arrangement.place(other, refuge);
    }
    this.#arrangement.place(vm, host);
    this.#routeAffected();
    return true;
  }

  /** VMs that are together, or should be, to one host. */
  gather(vms: readonly number[]): boolean {
    const { room } = this.#arrangement;
    const first = vms[below(this.#random, vms.length)] as number;
    const host = this.#target(first);
    this.#affected.clear();
    for (const vm of vms) lift(this.#arrangement, vm, this.#affected);
    for (const vm of vms) {
      if (!room.fits(vm, host)) return false;
      this.#arrangement.place(vm, host);
    }
    this.#routeAffected();
    return true;
  }

  /** Heaviest first. */
  #routeAffected(): void {
    const { rateMbps } = this.#graph;
    const order = this.#order;
    order.length = 0;
    for (let i = 0; i < this.#affected.count; i++) order.push(this.#affected.items[i] as number);
    order.sort((a, b) => (rateMbps[b] as number) - (rateMbps[a] as number) || a - b);
    const manner = this.#routing.draw(this.#random);
    for (const demand of order) this.#routing.route(demand, manner, this.#random);
  }

  #target(vm: number): number {
    const { allowed, current } = this.#graph.problem.vms[vm] as Graph['problem']['vms'][number];
    const random = this.#random;
    const share = unit(random);
    if (share < guidedShare) {
      const guided = this.#besidePartner(vm);
      if (guided >= 0) return guided;
    }
    // Back home: migrations that do not pay are taken back.
    if (share > 0.95 && current !== null) return current;
    return allowed[below(random, allowed.length)] as number;
  }

  /** The host of a random partner, or one to which it has a wide edge. */
  #besidePartner(vm: number): number {
    const { demandsOfVm, firstDemand, source, destination, leaving, firstLeaving, to } = this.#graph;
    const first = firstDemand[vm] as number;
    const count = (firstDemand[vm + 1] as number) - first;
    if (count === 0) return -1;
    const demand = demandsOfVm[first + below(this.#random, count)] as number;
    const partner = (source[demand] === vm ? destination[demand] : source[demand]) as number;
    const host = this.#arrangement.mapping[partner] as number;
    if (unit(this.#random) < 0.2) return host;
    const edges = (firstLeaving[host + 1] as number) - (firstLeaving[host] as number);
    const share = unit(this.#random);
    const place = Math.floor(share * share * share * edges);
    return edges === 0 ? -1 : (to[leaving[(firstLeaving[host] as number) + place] as number] as number);
  }

  /** A random allowed host with room, other than one that is to be cleared; -1 if none is found. */
  #refuge(vm: number, except: number): number {
    const { allowed } = this.#graph.problem.vms[vm] as { allowed: number[] };
    const start = below(this.#random, allowed.length);
    for (let i = 0; i < allowed.length; i++) {
      const host = allowed[(start + i) % allowed.length] as number;
      if (host !== except && this.#arrangement.room.fits(vm, host)) return host;
    }
    return -1;
  }
}
