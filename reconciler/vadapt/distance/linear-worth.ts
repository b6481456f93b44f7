import type { HostColumns } from './host-columns.js';
import { nowhere } from './items.js';
import type { LateCosts } from './late-costs.js';
import type { PairCosts } from './pair-costs.js';
import type { Placed } from './placed.js';
import type { Spread } from './spread.js';
import type { Worth } from './worth.js';

/** What a cost is the sum of. */
export interface Addends {
  pairs: PairCosts | null;
  late: LateCosts | null;
  spreads: readonly Spread[];
  /** For each VM that leaves the host it runs on. */
  perMove: number;
  /** For each host with a VM. */
  perHost: number;
}

/** A cost that is a sum of what pairs, hosts and moves cost, all kept by differences. */
export class LinearWorth implements Worth {
  cost = 0;
  readonly addends: Addends;
  readonly #placed: Placed;
  readonly #hostColumns: HostColumns;

  constructor(addends: Addends, placed: Placed, hostColumns: HostColumns) {
    this.addends = addends;
    this.#placed = placed;
    this.#hostColumns = hostColumns;
  }

  /** Whether it is the same for all placements. */
  get isConstant(): boolean {
    const { pairs, late, spreads, perMove, perHost } = this.addends;
    return pairs === null && late === null && spreads.length === 0 && perMove === 0 && perHost === 0;
  }

  /** Whether it follows from the latency between pairs alone. */
  get isOfPairsAlone(): boolean {
    const { pairs, late, spreads, perMove, perHost } = this.addends;
    return pairs?.areByLatencyAlone === true && late === null && spreads.length === 0 && perMove === 0 && perHost === 0;
  }

  delta(item: number, host: number, other: number): number {
    const { pairs, late, spreads, perMove, perHost } = this.addends;
    const placed = this.#placed;
    const from = placed.hostOf[item] as number;
    let sum = 0;
    if (pairs !== null) sum += pairs.delta(item, host, other);
    if (late !== null) sum += late.delta(item, host, other);
    if (perMove !== 0) {
      const back = other < 0 ? 0 : placed.migrations.more(other, host, from);
      sum += perMove * (placed.migrations.more(item, from, host) + back);
    }
    if (perHost !== 0 && other < 0)
      sum += perHost * (Number(placed.guestsOf(host).length === 0) - Number(placed.guestsOf(from).length === 1));
    if (spreads.length > 0) sum += this.#spreadDelta(item, from, host, other);
    return sum;
  }

  #spreadDelta(item: number, from: number, to: number, other: number): number {
    const columns = this.#hostColumns;
    columns.show(from, other, item);
    columns.show(to, item, other);
    let sum = 0;
    for (const spread of this.addends.spreads) sum += spread.weight * (spread.valueWith(from, to) - spread.value());
    columns.show(from, nowhere, nowhere);
    columns.show(to, nowhere, nowhere);
    return sum;
  }

  moved(from: number, to: number, delta: number): void {
    this.cost += delta;
    for (const spread of this.addends.spreads) spread.refresh(from, to);
  }

  recount(): void {
    const { pairs, late, spreads, perMove, perHost } = this.addends;
    const placed = this.#placed;
    for (const spread of spreads) spread.recount();
    const used = perHost === 0 ? 0 : new Set(placed.hostOf).size;
    this.cost =
      (pairs?.total() ?? 0) +
      (late?.total() ?? 0) +
      spreads.reduce((sum, spread) => sum + spread.weight * spread.value(), 0) +
      perMove * placed.migrations.vms +
      perHost * used;
  }
}
