import type { Problem, ProblemGroup } from '../../model/problem.js';

/** How far groups of VMs are from being together, or apart: kept current while VMs change places. */
export class GroupBreaks {
  /** Places too many of those together, and VMs too many at places of those apart; 0 where all groups are kept. */
  count = 0;
  readonly #siteOf: readonly number[];
  readonly #groups: readonly ProblemGroup[];
  /** By VM: the groups that it is in. */
  readonly #groupsOf: number[][];
  /** By group: by place, how many of its VMs are there. */
  readonly #at: Map<number, number>[];

  constructor({ groups = [], vms, hosts }: Problem) {
    this.#siteOf = hosts.map(({ site }, host) => site ?? -1 - host);
    this.#groups = groups;
    this.#groupsOf = vms.map(() => []);
    groups.forEach((group, place) => {
      for (const vm of new Set(group.vms)) this.#groupsOf[vm]?.push(place);
    });
    this.#at = groups.map(() => new Map());
  }

  /** A VM came to a host. */
  add(vm: number, host: number): void {
    this.#change(vm, host, 1);
  }

  remove(vm: number, host: number): void {
    this.#change(vm, host, -1);
  }

  #change(vm: number, host: number, by: 1 | -1): void {
    for (const group of this.#groupsOf[vm] as number[]) {
      const { kind, within } = this.#groups[group] as ProblemGroup;
      const counts = this.#at[group] as Map<number, number>;
      const place = within === 'host' ? host : (this.#siteOf[host] as number);
      const [before, after] = [counts.get(place) ?? 0, (counts.get(place) ?? 0) + by];
      const places = counts.size;
      if (after === 0) counts.delete(place);
      else counts.set(place, after);
      this.count +=
        kind === 'apart'
          ? Math.max(0, after - 1) - Math.max(0, before - 1)
          : Math.max(0, counts.size - 1) - Math.max(0, places - 1);
    }
  }
}
