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
  const parents = new Map<string, string>();
  const others = entries.filter(({ source, destination }) => source !== destination);
  for (const { network, source, destination } of others) {
    const [a, b] = [rootOf(parents, `${network} ${source}`), rootOf(parents, `${network} ${destination}`)];
    if (a !== b) parents.set(a < b ? b : a, a < b ? a : b);
  }
  const groups = new Map<string, Entry[]>();
  for (const entry of others) {
    const root = rootOf(parents, `${entry.network} ${entry.source}`);
    const group = groups.get(root);
    if (group) group.push(entry);
    else groups.set(root, [entry]);
  }
  return [...groups]
    .map(([root, group]) => ({ root, component: componentOf(group) }))
    .sort((a, b) => (a.root < b.root ? -1 : 1))
    .map(({ component }) => component);
}

function componentOf<Entry extends Pair>(entries: Entry[]): Component<Entry> {
  const vms = new Set(entries.flatMap(({ source, destination }) => [source, destination]));
  return { network: entries[0]?.network ?? '', vms: [...vms].sort(), entries };
}

/** The alphabetically first VM that is known to be connected with this one. Shortens the way there. */
function rootOf(parents: Map<string, string>, vm: string): string {
  let root = vm;
  for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
    root = parent;
  for (let each = vm; each !== root; ) {
    const parent = parents.get(each) ?? root;
    parents.set(each, root);
    each = parent;
  }
  if (root === vm) parents.set(vm, vm);
  return root;
}
