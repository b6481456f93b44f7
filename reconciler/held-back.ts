import { Derived } from './model/derived.js';
import { saturatedFlows, usesOver } from './model/saturation.js';
import type { SnapshotHost } from './model/snapshot.js';
import type { Underlay } from './model/underlay.js';
import type { Routes } from './routes.js';
import { pairAt, type Rates } from './vttif/rates.js';

type Uses = readonly number[] | null;

/** Finds the pairs that resources on their routes hold back. What a route uses of an underlay is worked out once. */
export class HeldBack {
  readonly #uses = new Derived<(Uses | undefined)[]>();

  /** 1 in the rows of pairs that a resource holds back of which all together take `share` or more. */
  of(rates: Rates, routes: Routes, hosts: readonly SnapshotHost[], underlay: Underlay, share?: number): Uint8Array {
    const uses = this.#uses.of([routes, underlay, rates.index], () => []);
    const usesOf = usesOver(underlay, hosts);
    const { rows, rateMbps } = rates;
    const usesAt = (place: number): Uses => {
      const row = rows[place] ?? 0;
      const known = uses[row];
      if (known !== undefined) return known;
      const route = routes.of(row, pairAt(rates, place));
      const found = route && usesOf(route);
      uses[row] = found;
      return found;
    };
    const isHeldBack = new Uint8Array(rates.names.length);
    saturatedFlows(rateMbps, usesAt, underlay, share).forEach((held, place) => {
      if (held === 1) isHeldBack[rows[place] ?? 0] = 1;
    });
    return isHeldBack;
  }
}
