/** A set of small numbers, from which any can be drawn by its place. */
export class Subset {
  readonly items: Int32Array;
  count = 0;
  /** By item; -1 while it is not in the set. */
  readonly #placeOf: Int32Array;

  constructor(size: number) {
    this.items = new Int32Array(size);
    this.#placeOf = new Int32Array(size).fill(-1);
  }

  add(item: number): void {
    if ((this.#placeOf[item] as number) >= 0) return;
    this.#placeOf[item] = this.count;
    this.items[this.count++] = item;
  }

  remove(item: number): void {
    const place = this.#placeOf[item] as number;
    if (place < 0) return;
    const last = this.items[--this.count] as number;
    this.items[place] = last;
    this.#placeOf[last] = place;
    this.#placeOf[item] = -1;
  }
}
