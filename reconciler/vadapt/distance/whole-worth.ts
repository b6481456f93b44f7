import type { ObjectiveRank } from '../../../schema/objective/read-objective.js';
import type { HostColumns } from './host-columns.js';
import { nowhere } from './items.js';
import type { Placed } from './placed.js';
import type { Whole } from './whole.js';
import type { Worth } from './worth.js';

/** The cost of a rank of any form: slow, as all rows are looked at for every move. */
export class WholeWorth implements Worth {
  cost = 0;
  readonly #whole: Whole;
  readonly #sign: 1 | -1;
  readonly #placed: Placed;
  readonly #hostColumns: HostColumns;

  /** @param whole has the rank alone */
  constructor({ goal }: ObjectiveRank, whole: Whole, placed: Placed, hostColumns: HostColumns) {
    this.#whole = whole;
    this.#sign = goal === 'maximise' ? -1 : 1;
    this.#placed = placed;
    this.#hostColumns = hostColumns;
  }

  delta(item: number, host: number, other: number): number {
    const { hostOf } = this.#placed;
    const from = hostOf[item] as number;
    hostOf[item] = host;
    if (other >= 0) hostOf[other] = from;
    this.#hostColumns.show(from, other, item);
    this.#hostColumns.show(host, item, other);
    const cost = this.#now();
    hostOf[item] = from;
    if (other >= 0) hostOf[other] = host;
    this.#hostColumns.show(from, nowhere, nowhere);
    this.#hostColumns.show(host, nowhere, nowhere);
    return cost - this.cost;
  }

  #now(): number {
    this.#whole.evaluate();
    return this.#sign * (this.#whole.objective.ranks[0]?.value() ?? 0);
  }

  moved(_from: number, _to: number, delta: number): void {
    this.cost += delta;
  }

  recount(): void {
    this.cost = this.#now();
  }
}
