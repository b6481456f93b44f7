import type { Problem } from '../model/problem.js';
import { at } from './at.js';
import { type Scheduling, schedulingOf } from './scheduling.js';

/** Sums of cores such as 0.1 + 0.2 must not exclude a VM that fits exactly. */
export const roomTolerance = 1e-9;

/** What hosts have left for VMs: compute, memory, guests, processors. */
export class HostRoom {
  readonly #problem: Problem;
  readonly #computeCores: number[];
  readonly #memoryMib: number[];
  readonly #diskGib: number[];
  readonly #guests: number[][];
  readonly #allowed: Uint8Array;
  readonly #scheduling: Scheduling | null;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#computeCores = problem.hosts.map((host) => host.computeCores);
    this.#memoryMib = problem.hosts.map((host) => host.memoryMib);
    this.#diskGib = problem.hosts.map((host) => host.diskGib ?? Number.POSITIVE_INFINITY);
    this.#guests = problem.hosts.map(() => []);
    this.#scheduling = schedulingOf(problem);
    this.#allowed = new Uint8Array(problem.vms.length * problem.hosts.length);
    problem.vms.forEach((vm, place) => {
      for (const host of vm.allowed) this.#allowed[place * problem.hosts.length + host] = 1;
    });
  }

  fits(vm: number, host: number): boolean {
    const { hosts, vms } = this.#problem;
    if (this.#allowed[vm * hosts.length + host] !== 1) return false;
    const { computeCores, memoryMib, diskGib = 0 } = at(vms, vm);
    const { maxGuests } = at(hosts, host);
    return (
      computeCores <= at(this.#computeCores, host) + roomTolerance &&
      memoryMib <= at(this.#memoryMib, host) + roomTolerance &&
      diskGib <= at(this.#diskGib, host) + roomTolerance &&
      (maxGuests === null || at(this.#guests, host).length < maxGuests) &&
      (this.#scheduling === null || this.#scheduling.keeps(host, at(this.#guests, host), vm))
    );
  }

  guestsOf(host: number): readonly number[] {
    return at(this.#guests, host);
  }

  /** Share of what a host has that the VMs on it take; 0 where it has none, or is not limited. */
  usedShare(host: number, of: 'computeCores' | 'memoryMib'): number {
    const has = at(this.#problem.hosts, host)[of];
    const left = at(of === 'computeCores' ? this.#computeCores : this.#memoryMib, host);
    return has > 0 && Number.isFinite(has) ? Math.min(1, Math.max(0, 1 - left / has)) : 0;
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
    const { computeCores, memoryMib, diskGib = 0 } = at(this.#problem.vms, vm);
    this.#computeCores[host] = at(this.#computeCores, host) - sign * computeCores;
    this.#memoryMib[host] = at(this.#memoryMib, host) - sign * memoryMib;
    this.#diskGib[host] = at(this.#diskGib, host) - sign * diskGib;
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
