import type { Infeasible, Problem } from '../model/problem.js';
import { at } from './at.js';

export type Obstacle = keyof Infeasible['vms'][number]['reasons'];

/** Sums of cores such as 0.1 + 0.2 must not exclude a VM that fits exactly. */
export const roomTolerance = 1e-9;

/** What hosts have left for VMs: compute, memory, guests. */
export class HostRoom {
  readonly #problem: Problem;
  readonly #computeCores: number[];
  readonly #memoryMib: number[];
  readonly #guests: number[][];
  readonly #allowed: Uint8Array;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#computeCores = problem.hosts.map((host) => host.computeCores);
    this.#memoryMib = problem.hosts.map((host) => host.memoryMib);
    this.#guests = problem.hosts.map(() => []);
    this.#allowed = new Uint8Array(problem.vms.length * problem.hosts.length);
    problem.vms.forEach((vm, place) => {
      for (const host of vm.allowed) this.#allowed[place * problem.hosts.length + host] = 1;
    });
  }

  fits(vm: number, host: number): boolean {
    const { hosts, vms } = this.#problem;
    if (this.#allowed[vm * hosts.length + host] !== 1) return false;
    const { computeCores, memoryMib } = at(vms, vm);
    const { maxGuests } = at(hosts, host);
    return (
      computeCores <= at(this.#computeCores, host) + roomTolerance &&
      memoryMib <= at(this.#memoryMib, host) + roomTolerance &&
      (maxGuests === null || at(this.#guests, host).length < maxGuests)
    );
  }

  /** What keeps a VM off a host; nothing if it fits. */
  obstacles(vm: number, host: number): Obstacle[] {
    const { hosts, vms } = this.#problem;
    if (this.#allowed[vm * hosts.length + host] !== 1) return ['not-allowed'];
    const { computeCores, memoryMib } = at(vms, vm);
    const { maxGuests } = at(hosts, host);
    const found: Obstacle[] = [];
    if (computeCores > at(this.#computeCores, host) + roomTolerance) found.push('compute');
    if (memoryMib > at(this.#memoryMib, host) + roomTolerance) found.push('memory');
    if (maxGuests !== null && at(this.#guests, host).length >= maxGuests) found.push('max-guests');
    return found;
  }

  guestsOf(host: number): readonly number[] {
    return at(this.#guests, host);
  }

  place(vm: number, host: number): void {
    this.#change(vm, host, 1);
    at(this.#guests, host).push(vm);
  }

  remove(vm: number, host: number): void {
    this.#change(vm, host, -1);
    const guests = at(this.#guests, host);
    guests.splice(guests.indexOf(vm), 1);
  }

  #change(vm: number, host: number, sign: number): void {
    const { computeCores, memoryMib } = at(this.#problem.vms, vm);
    this.#computeCores[host] = at(this.#computeCores, host) - sign * computeCores;
    this.#memoryMib[host] = at(this.#memoryMib, host) - sign * memoryMib;
  }
}

/** Whether a whole mapping keeps every constraint of VMs and hosts. */
export function isFeasible(problem: Problem, mapping: readonly (number | null)[]): mapping is readonly number[] {
  const room = new HostRoom(problem);
  return mapping.every((host, vm) => {
    if (host === null || !room.fits(vm, host)) return false;
    room.place(vm, host);
    return true;
  });
}
