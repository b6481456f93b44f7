/** `to` exceeds `from` by at most `most`. */
export interface Bound {
  from: string;
  to: string;
  most: number;
}

/** What bounds that contradict one another may be off by from rounding. */
const rounding = 1e-3;

/**
 * By how much each value exceeds that of `origin` at most, as all bounds together allow: shortest paths, by Bellman and Ford. Values that no
 * bounds lead to are left out. Null: the bounds contradict one another.
 */
export function mostAbove(origin: string, bounds: readonly Bound[]): Map<string, number> | null {
  const most = new Map([[origin, 0]]);
  const names = new Set(bounds.flatMap(({ from, to }) => [from, to])).add(origin);
  for (let round = 0; round <= names.size; round += 1) {
    let isTighter = false;
    for (const bound of bounds) {
      const start = most.get(bound.from);
      if (start === undefined || start + bound.most >= (most.get(bound.to) ?? Number.POSITIVE_INFINITY) - rounding)
        continue;
      most.set(bound.to, start + bound.most);
      isTighter = true;
    }
    if (!isTighter) return most;
  }
  return null;
}

/** The same bounds, seen from the other side: by how much `origin` exceeds each value at most follows from these. */
export function turned(bounds: readonly Bound[]): Bound[] {
  return bounds.map(({ from, to, most }) => ({ from: to, to: from, most }));
}

/** So many values of a contradiction are looked at one by one. */
const mostSuspects = 8;

/**
 * Bounds of which none contradict one another. Of values that do, one is left out: one without which the others agree, if there is such a
 * one; of several the one that the fewest bounds speak of.
 */
export function consistent(bounds: readonly Bound[]): Bound[] {
  let kept = [...bounds];
  for (let cycle = contradiction(kept); cycle !== null; cycle = contradiction(kept)) {
    const speaking = (name: string) => kept.length - without(kept, name).length;
    const suspects = [...cycle].sort((a, b) => speaking(a) - speaking(b) || (a < b ? -1 : 1)).slice(0, mostSuspects);
    const out = suspects.find((name) => contradiction(without(kept, name)) === null) ?? suspects[0];
    kept = without(kept, out);
  }
  return kept;
}

const without = (bounds: readonly Bound[], name: string | undefined): Bound[] =>
  bounds.filter(({ from, to }) => from !== name && to !== name);

/** Values whose bounds, one after the other, say that each is less than itself; null if there are none. */
function contradiction(bounds: readonly Bound[]): string[] | null {
  const names = [...new Set(bounds.flatMap(({ from, to }) => [from, to]))];
  const most = new Map(names.map((name) => [name, 0]));
  const before = new Map<string, string>();
  let last: string | undefined;
  for (let round = 0; round <= names.length; round += 1) {
    last = undefined;
    for (const bound of bounds) {
      const reached = (most.get(bound.from) ?? 0) + bound.most;
      if (reached >= (most.get(bound.to) ?? 0) - rounding) continue;
      most.set(bound.to, reached);
      before.set(bound.to, bound.from);
      last = bound.to;
    }
    if (last === undefined) return null;
  }
  return cycleBefore(last as string, before, names.length);
}

function cycleBefore(from: string, before: ReadonlyMap<string, string>, steps: number): string[] {
  let at = from;
  // Far enough back there is nothing but the cycle.
  for (let step = 0; step < steps; step += 1) at = before.get(at) ?? at;
  const cycle = [at];
  for (let next = before.get(at) ?? at; next !== at; next = before.get(next) ?? at) cycle.push(next);
  return cycle;
}
