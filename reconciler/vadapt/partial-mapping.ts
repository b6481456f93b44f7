import type { Problem } from '../model/problem.js';
import { at } from './at.js';
import { HostRoom } from './host-room.js';

/** A mapping in the making: no VM is ever placed where it does not fit. */
export class PartialMapping {
  readonly problem: Problem;
  readonly room: HostRoom;
  /** By VM; null while it has no place. */
  readonly hosts: (number | null)[];

  constructor(problem: Problem) {
    this.problem = problem;
    this.room = new HostRoom(problem);
    this.hosts = problem.vms.map(() => null);
    problem.vms.forEach(({ allowed }, vm) => {
      if (allowed.length === 1) this.placeOnFirst(vm, allowed);
    });
  }

  isPlaced(vm: number): boolean {
    return at(this.hosts, vm) !== null;
  }

  place(vm: number, host: number): void {
    this.room.place(vm, host);
    this.hosts[vm] = host;
  }

  /** Places a VM on the first of `hosts` that has room for it; false if none has. */
  placeOnFirst(vm: number, hosts: readonly number[]): boolean {
    const host = hosts.find((candidate) => this.room.fits(vm, candidate));
    if (host === undefined) return false;
    this.place(vm, host);
    return true;
  }

  /** Places two VMs on two hosts, in either order; false if neither order fits. */
  placePair(a: number, b: number, hosts: readonly [number, number]): boolean {
    for (const [hostOfA, hostOfB] of [hosts, [hosts[1], hosts[0]]] as const) {
      if (!this.room.fits(a, hostOfA) || !this.room.fits(b, hostOfB)) continue;
      this.place(a, hostOfA);
      this.place(b, hostOfB);
      return true;
    }
    return false;
  }

  /** Leaves VMs without a place where they run, or puts them on the first allowed host with room. */
  placeRest(): void {
    this.problem.vms.forEach(({ current, allowed }, vm) => {
      if (this.isPlaced(vm)) return;
      if (current === null || !this.placeOnFirst(vm, [current])) this.placeOnFirst(vm, allowed);
    });
  }
}
