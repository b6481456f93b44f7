import type { Pair } from '../model/pair.js';

/** VMs that entries connect, in whatever direction, and the entries. */
export interface Component<Entry extends Pair> {
  network: string;
  /** Addresses, sorted. */
  vms: string[];
  entries: Entry[];
}

/** The connected parts of a matrix, by network, then first address. Entries from a VM to itself belong to none. */
export function components<Entry extends Pair>(entries: readonly Entry[]): Component<Entry>[] {
  const vms = new Vms();
  const others = entries.filter(({ source, destination }) => source !== destination);
  for (const { network, source, destination } of others) vms.connect(network, source, destination);
  const groups = new Map<number, Entry[]>();
  for (const entry of others) {
    const root = vms.rootOf(entry.network, entry.source);
    const group = groups.get(root);
    if (group) group.push(entry);
    else groups.set(root, [entry]);
  }
  return [...groups.values()]
    .map(componentOf)
    .map((component) => ({ component, first: `${component.network} ${component.vms[0]}` }))
    .sort((a, b) => (a.first < b.first ? -1 : 1))
    .map(({ component }) => component);
}

function componentOf<Entry extends Pair>(entries: Entry[]): Component<Entry> {
  const vms = new Set(entries.flatMap(({ source, destination }) => [source, destination]));
  return { network: entries[0]?.network ?? '', vms: [...vms].sort(), entries };
}

/** Which component a VM is in, by its place in the list; undefined for one in none. */
export function componentAt(
  parts: readonly Component<Pair>[],
): (network: string, address: string) => number | undefined {
  const places = new Map<string, Map<string, number>>();
  for (const [place, { network, vms }] of parts.entries()) {
    const inNetwork = places.get(network) ?? new Map<string, number>();
    places.set(network, inNetwork);
    for (const vm of vms) inNetwork.set(vm, place);
  }
  return (network, address) => places.get(network)?.get(address);
}

/** VMs by number, each with another that it is known to be connected with; the last of such a chain stands for all. */
class Vms {
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #parents: number[] = [];

  connect(network: string, a: string, b: string): void {
    const [one, other] = [this.rootOf(network, a), this.rootOf(network, b)];
    this.#parents[one] = other;
  }

  rootOf(network: string, address: string): number {
    return this.#rootOf(this.#numberOf(network, address));
  }

  #numberOf(network: string, address: string): number {
    const inNetwork = this.#numbers.get(network) ?? new Map<string, number>();
    this.#numbers.set(network, inNetwork);
    const known = inNetwork.get(address);
    if (known !== undefined) return known;
    const number = this.#parents.length;
    inNetwork.set(address, number);
    this.#parents.push(number);
    return number;
  }

  /** Shortens the way there. */
  #rootOf(vm: number): number {
    let root = vm;
    for (let parent = this.#parents[root]; parent !== undefined && parent !== root; parent = this.#parents[root])
      root = parent;
    for (let each = vm; each !== root; ) {
      const parent = this.#parents[each] ?? root;
      this.#parents[each] = root;
      each = parent;
    }
    return root;
  }
}
