import type { Problem } from '../../model/problem.js';
import { type Items, nowhere } from './items.js';
import { type Lists, listsOf } from './lists.js';

/** Groups whose items must be apart, or together at a site; those that are together on a host are one item. */
export class GroupRules {
  /** Whether there are any. */
  readonly areThere: boolean;
  /** By group. */
  readonly #isApart: boolean[];
  readonly #isWithinSite: boolean[];
  readonly #members: Lists;
  /** By item. */
  readonly #groupsOf: Lists;
  readonly #hostOf: Int32Array;
  /** By host; one without a site is at one of its own. */
  readonly #siteOf: Int32Array;

  constructor({ groups = [], hosts }: Problem, items: Items, hostOf: Int32Array) {
    const rules = groups.filter(({ kind, within }) => kind === 'apart' || within === 'site');
    this.areThere = rules.length > 0;
    this.#isApart = rules.map(({ kind }) => kind === 'apart');
    this.#isWithinSite = rules.map(({ within }) => within === 'site');
    const members = rules.map(({ vms }) => [...new Set(vms.map((vm) => items.itemOf[vm] as number))]);
    this.#members = listsOf(members);
    const groupsOf: number[][] = Array.from({ length: items.count }, () => []);
    members.forEach((list, group) => {
      for (const item of list) groupsOf[item]?.push(group);
    });
    this.#groupsOf = listsOf(groupsOf);
    this.#hostOf = hostOf;
    const sites = 1 + hosts.reduce((most, { site }) => Math.max(most, site ?? -1), -1);
    this.#siteOf = Int32Array.from(hosts, ({ site }, host) => site ?? sites + host);
  }

  /** Whether the item may be on the host as far as others of its groups are concerned, of which `leaving` does not count. */
  admit(item: number, host: number, leaving: number): boolean {
    const { all, first } = this.#groupsOf;
    for (let place = first[item] as number; place < (first[item + 1] as number); place++)
      if (this.#opponent(all[place] as number, item, host, leaving) !== nowhere) return false;
    return true;
  }

  /** Items whose places do not go together with the item on the host. */
  opponents(item: number, host: number): number[] {
    const { all, first } = this.#groupsOf;
    const found = new Set<number>();
    for (let place = first[item] as number; place < (first[item + 1] as number); place++)
      for (const other of this.#othersOf(all[place] as number, item, host)) found.add(other);
    return [...found];
  }

  /** Other items of the item's groups that are to be at one site with it. */
  companions(item: number): number[] {
    const { all, first } = this.#groupsOf;
    const groups = all.subarray(first[item], first[item + 1]);
    const found = [...groups].filter((group) => !this.#isApart[group]).flatMap((group) => [...this.#list(group)]);
    return [...new Set(found)].filter((other) => other !== item);
  }

  areAtOneSite(host: number, other: number): boolean {
    return this.#siteOf[host] === this.#siteOf[other];
  }

  #list(group: number): Int32Array {
    return this.#members.all.subarray(this.#members.first[group], this.#members.first[group + 1]);
  }

  #opponent(group: number, item: number, host: number, leaving: number): number {
    const { all, first } = this.#members;
    const end = first[group + 1] as number;
    for (let place = first[group] as number; place < end; place++) {
      const other = all[place] as number;
      if (other !== item && other !== leaving && this.#isOpposed(group, other, host)) return other;
    }
    return nowhere;
  }

  #othersOf(group: number, item: number, host: number): Int32Array {
    return this.#list(group).filter((other) => other !== item && this.#isOpposed(group, other, host));
  }

  #isOpposed(group: number, other: number, host: number): boolean {
    const otherHost = this.#hostOf[other] as number;
    if (otherHost === nowhere) return false;
    const isSamePlace = this.#isWithinSite[group] ? this.areAtOneSite(host, otherHost) : host === otherHost;
    return isSamePlace === this.#isApart[group];
  }
}

/** The first group that no mapping can keep, as two of its VMs have to be apart and on one host; null if there is none. */
export function contradictedGroup({ groups = [] }: Problem, items: Items): string | null {
  const isContradicted = (vms: readonly number[]) => new Set(vms.map((vm) => items.itemOf[vm])).size < vms.length;
  return groups.find(({ kind, vms }) => kind === 'apart' && isContradicted(vms))?.name ?? null;
}
