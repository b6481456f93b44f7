/** One thing that placements are compared by, as a cost: less is better. */
export interface Worth {
  /** Up to a constant, as items are placed. */
  cost: number;
  /** What moving an item to another host would add, and moving `other`, unless negative, from there to where the item is. */
  delta(item: number, host: number, other: number): number;
  /** Items were moved, which added `delta`; the second two are where the first was and is now. */
  moved(from: number, to: number, delta: number): void;
  /** Computes the cost anew: what was changed often is not exact. Columns of hosts are current. */
  recount(): void;
}
