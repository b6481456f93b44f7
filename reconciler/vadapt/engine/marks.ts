/** A set of small numbers that is emptied often: in the order in which they were added. */
export class Marks {
  readonly items: Int32Array;
  count = 0;
  readonly #stamps: Uint32Array;
  #stamp = 1;

  constructor(size: number) {
    this.items = new Int32Array(size);
    this.#stamps = new Uint32Array(size);
  }

  add(item: number): void {
    if (this.#stamps[item] === this.#stamp) return;
    this.#stamps[item] = this.#stamp;
    this.items[this.count++] = item;
  }

  has(item: number): boolean {
    return this.#stamps[item] === this.#stamp;
  }

  clear(): void {
    this.count = 0;
    this.#stamp++;
    if (this.#stamp < 0xffffffff) return;
    this.#stamps.fill(0);
    this.#stamp = 1;
  }
}
