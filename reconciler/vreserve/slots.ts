import { createHash } from 'node:crypto';

/**
 * A number from 0 to `size - 1` for each name, none given twice: that of the name's hash, or the next one that no name before it in
 * the alphabet has taken. A name keeps its number when others come and go, unless they compete for it. Names beyond `size` have none.
 */
export function slots(names: readonly string[], size: number): Map<string, number> {
  const taken = new Map<number, string>();
  const found = new Map<string, number>();
  for (const name of [...new Set(names)].sort().slice(0, size)) {
    let slot = createHash('sha256').update(name).digest().readUIntBE(0, 6) % size;
    while (taken.has(slot)) slot = (slot + 1) % size;
    taken.set(slot, name);
    found.set(name, slot);
  }
  return found;
}
