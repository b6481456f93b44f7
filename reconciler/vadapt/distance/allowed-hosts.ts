import type { Problem } from '../../model/problem.js';
import type { Items } from './items.js';

/** Hosts that items may run on. Items with the same hosts share a list: 10,000 lists of 2,000 hosts would be 20 million numbers. */
export class AllowedHosts {
  readonly #classOf: Int32Array;
  readonly #lists: Int32Array[] = [];
  readonly #isAllowed: Uint8Array[] = [];

  constructor({ hosts, vms }: Problem, items: Items) {
    this.#classOf = new Int32Array(items.count);
    const known = new Map<string, number>();
    const keys = new Map<readonly number[], string>();
    const { members } = items;
    for (let item = 0; item < items.count; item++) {
      const lists = [...members.all.subarray(members.first[item], members.first[item + 1])].map(
        (vm) => vms[vm]?.allowed ?? [],
      );
      const key = [...new Set(lists.map((list) => keyOf(keys, list, hosts.length)))].sort().join(' and ');
      let found = known.get(key);
      if (found === undefined) {
        found = this.#add(lists, hosts.length);
        known.set(key, found);
      }
      this.#classOf[item] = found;
    }
  }

  #add(lists: readonly (readonly number[])[], hosts: number): number {
    const counts = new Int32Array(hosts);
    for (const list of lists) for (const host of list) (counts[host] as number)++;
    const isAllowed = Uint8Array.from(counts, (count) => Number(count === lists.length));
    this.#isAllowed.push(isAllowed);
    return this.#lists.push(Int32Array.from(isAllowed.keys()).filter((host) => isAllowed[host] === 1)) - 1;
  }

  /** Ascending. */
  of(item: number): Int32Array {
    return this.#lists[this.#classOf[item] as number] as Int32Array;
  }

  has(item: number, host: number): boolean {
    return (this.#isAllowed[this.#classOf[item] as number] as Uint8Array)[host] === 1;
  }
}

/** Equal for lists of the same hosts, which are ascending. */
function keyOf(keys: Map<readonly number[], string>, list: readonly number[], hosts: number): string {
  if (list.length === hosts) return 'all';
  const known = keys.get(list);
  if (known !== undefined) return known;
  const key = list.join();
  keys.set(list, key);
  return key;
}
