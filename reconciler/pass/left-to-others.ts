import type { ForeignChange } from '../../schema/generated/types.js';

/** How often what others have changed is put right before it is left to them, until the next commit. */
export const mostRepairs = 2;

/** Objects, `vm/NAME` or `host/NAME`, that others have changed once more than they were put right. */
export function leftToOthers(foreign: readonly ForeignChange[] = []): Set<string> {
  const counts = new Map<string, number>();
  for (const { object } of foreign) counts.set(object, (counts.get(object) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > mostRepairs).map(([object]) => object));
}
