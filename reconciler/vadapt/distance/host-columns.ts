import type { Problem } from '../../model/problem.js';
import type { Columns } from '../objective/columns.js';
import { nowhere } from './items.js';
import type { Placed } from './placed.js';

/** The columns of hosts, as items are placed, or as they would be. */
export class HostColumns {
  readonly columns: Pick<Columns, 'computeUse' | 'memoryUse' | 'guests'>;
  readonly #computeCores: Float64Array;
  readonly #memoryMib: Float64Array;
  readonly #computeUsed: Float64Array;
  readonly #memoryUsed: Float64Array;
  readonly #guests: Int32Array;
  readonly #placed: Placed;

  constructor({ hosts }: Problem, placed: Placed) {
    const { length } = hosts;
    this.columns = {
      computeUse: new Float64Array(length),
      memoryUse: new Float64Array(length),
      guests: new Float64Array(length),
    };
    this.#computeCores = Float64Array.from(hosts, ({ computeCores }) => computeCores);
    this.#memoryMib = Float64Array.from(hosts, ({ memoryMib }) => memoryMib);
    this.#computeUsed = new Float64Array(length);
    this.#memoryUsed = new Float64Array(length);
    this.#guests = new Int32Array(length);
    this.#placed = placed;
  }

  /** Fills all columns anew. */
  recount(): void {
    const { items, hostOf } = this.#placed;
    this.#computeUsed.fill(0);
    this.#memoryUsed.fill(0);
    this.#guests.fill(0);
    for (let item = 0; item < items.count; item++) this.#add(item, hostOf[item] as number, 1);
    for (let host = 0; host < this.#placed.hosts; host++) this.show(host, nowhere, nowhere);
  }

  /** Fills the columns of a host as they would be if one item came and another one went; `nowhere` is none. */
  show(host: number, coming: number, going: number): void {
    const { computeCores, memoryMib, vms } = this.#placed.items;
    const { columns } = this;
    const computeUsed = (this.#computeUsed[host] as number) + more(computeCores, coming, going);
    const memoryUsed = (this.#memoryUsed[host] as number) + more(memoryMib, coming, going);
    columns.computeUse[host] = share(computeUsed, this.#computeCores[host] as number);
    columns.memoryUse[host] = share(memoryUsed, this.#memoryMib[host] as number);
    columns.guests[host] = (this.#guests[host] as number) + more(vms, coming, going);
  }

  /** An item goes from one host to another. */
  shift(item: number, from: number, to: number): void {
    this.#add(item, from, -1);
    this.#add(item, to, 1);
    this.show(from, nowhere, nowhere);
    this.show(to, nowhere, nowhere);
  }

  #add(item: number, host: number, sign: 1 | -1): void {
    if (host < 0) return;
    const { computeCores, memoryMib, vms } = this.#placed.items;
    (this.#computeUsed[host] as number) += sign * (computeCores[item] as number);
    (this.#memoryUsed[host] as number) += sign * (memoryMib[item] as number);
    (this.#guests[host] as number) += sign * (vms[item] as number);
  }
}

function more(sizes: Float64Array, coming: number, going: number): number {
  return (coming < 0 ? 0 : (sizes[coming] as number)) - (going < 0 ? 0 : (sizes[going] as number));
}

function share(used: number, of: number): number {
  return of > 0 ? Math.min(1, Math.max(0, used / of)) : 0;
}
