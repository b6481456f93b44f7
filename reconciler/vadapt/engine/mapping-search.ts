import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { geometric } from '../geometric.js';
import { HostRoom } from '../host-room.js';
import type { Graph } from './graph.js';
import { below, unit } from './random.js';

/** How much a demand that does not fit counts beyond what it lacks. */
const unmetWeight = 10;
const stepsBetweenLooks = 1024;
const samples = 2000;
/**
 * First temperatures of restarts in turn, in tenths of what a random change costs; which does best depends on the instance. The first is
 * cold, so that a good start is not lost.
 */
const hottest = [0.3, 10, 30, 3] as const;
const coldest = 1e-2;
/** Steps of one restart at most. */
const mostSteps = 500_000;

/**
 * Anneals a mapping by what paths could give at best: each demand finds the widest path of the unloaded graph, less its own rate. Quick
 * and far-sighted where links are wide; paths and what they take from one another come after it. The best mapping seen.
 */
export function searchMapping(
  graph: Graph,
  widths: Float64Array,
  start: ArrayLike<number>,
  random: RandomGenerator,
  iterations: number,
): Int32Array {
  const restarts = Math.ceil(iterations / mostSteps);
  let best: { mapping: Int32Array; value: number } | null = null;
  for (let restart = 0; restart < restarts; restart++) {
    const search = new MappingSearch(graph, widths, start);
    const found = search.run(random, Math.floor(iterations / restarts), hottest[restart % hottest.length] as number);
    if (best === null || found.value > best.value) best = found;
  }
  return best?.mapping ?? Int32Array.from(start);
}

class MappingSearch {
  readonly #graph: Graph;
  readonly #widths: Float64Array;
  readonly #room: HostRoom;
  readonly #mapping: Int32Array;
  value = 0;

  constructor(graph: Graph, widths: Float64Array, start: ArrayLike<number>) {
    this.#graph = graph;
    this.#widths = widths;
    this.#room = new HostRoom(graph.problem);
    this.#mapping = Int32Array.from(start);
    this.#mapping.forEach((host, vm) => {
      this.#room.place(vm, host);
    });
    for (let demand = 0; demand < graph.demands; demand++) this.value += this.#worth(demand);
  }

  run(random: RandomGenerator, iterations: number, heat: number): { mapping: Int32Array; value: number } {
    const best = { mapping: this.#mapping.slice(), value: this.value };
    const scale = this.#typicalChange(random, Math.min(samples, iterations));
    for (let steps = 0; steps < iterations; steps += stepsBetweenLooks) {
      const temperature = scale * geometric(heat, coldest, steps / iterations);
      for (let step = 0; step < stepsBetweenLooks; step++) {
        if (!this.#step(random, temperature) || this.value <= best.value + 1e-9) continue;
        best.value = this.value;
        best.mapping.set(this.#mapping);
      }
    }
    return best;
  }

  #worth(demand: number): number {
    const { hosts, source, destination, rateMbps } = this.#graph;
    const from = this.#mapping[source[demand] as number] as number;
    const to = this.#mapping[destination[demand] as number] as number;
    const left = (this.#widths[from * hosts + to] as number) - (rateMbps[demand] as number);
    return left >= 0 ? left : unmetWeight * left;
  }

  /** What the demands of a VM are worth, without those that it shares with `except`. */
  #worthOf(vm: number, except: number): number {
    const { demandsOfVm, firstDemand, source, destination } = this.#graph;
    let sum = 0;
    for (let place = firstDemand[vm] as number; place < (firstDemand[vm + 1] as number); place++) {
      const demand = demandsOfVm[place] as number;
      if (source[demand] !== except && destination[demand] !== except) sum += this.#worth(demand);
    }
    return sum;
  }

  /** Moves a random VM to a random host, or swaps it with one there; true if that was accepted. */
  #step(random: RandomGenerator, temperature: number): boolean {
    const { vms } = this.#graph.problem;
    const vm = below(random, vms.length);
    const { allowed } = vms[vm] as { allowed: number[] };
    const host = allowed[below(random, allowed.length)] as number;
    const home = this.#mapping[vm] as number;
    if (host === home) return false;
    const guests = this.#room.guestsOf(host);
    this.#room.remove(vm, home);
    let other = -1;
    if (!this.#room.fits(vm, host)) {
      other = guests.length === 0 ? -1 : (guests[below(random, guests.length)] as number);
      if (other < 0 || !this.#canSwap(vm, host, other, home)) {
        this.#room.place(vm, home);
        return false;
      }
    }
    const before = this.#worthOf(vm, other) + (other < 0 ? 0 : this.#worthOf(other, -1));
    this.#put(vm, host, other, home);
    const change = this.#worthOf(vm, other) + (other < 0 ? 0 : this.#worthOf(other, -1)) - before;
    if (change < 0 && unit(random) >= Math.exp(change / temperature)) {
      this.#takeBack(vm, host, other, home);
      return false;
    }
    this.value += change;
    return true;
  }

  /** Whether two VMs may change places; the first has been taken off its host. */
  #canSwap(vm: number, host: number, other: number, home: number): boolean {
    this.#room.remove(other, host);
    const fits = this.#room.fits(vm, host) && this.#room.fits(other, home);
    this.#room.place(other, host);
    return fits;
  }

  #put(vm: number, host: number, other: number, home: number): void {
    if (other >= 0) {
      this.#room.remove(other, host);
      this.#room.place(other, home);
      this.#mapping[other] = home;
    }
    this.#room.place(vm, host);
    this.#mapping[vm] = host;
  }

  #takeBack(vm: number, host: number, other: number, home: number): void {
    this.#room.remove(vm, host);
    if (other >= 0) {
      this.#room.remove(other, home);
      this.#room.place(other, host);
      this.#mapping[other] = host;
    }
    this.#room.place(vm, home);
    this.#mapping[vm] = home;
  }

  #typicalChange(random: RandomGenerator, samples: number): number {
    let sum = 0;
    let count = 0;
    for (let sample = 0; sample < samples; sample++) {
      const before = this.value;
      if (!this.#step(random, Number.POSITIVE_INFINITY)) continue;
      sum += Math.abs(this.value - before);
      count++;
    }
    return count === 0 ? 1 : sum / count / 10;
  }
}
