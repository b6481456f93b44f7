const initialSize = 4;

/** For each of a number of things, who uses it: a demand that uses it twice is there twice. In no particular order. */
export class Users {
  readonly #lists: Int32Array[];
  readonly #counts: Int32Array;

  constructor(things: number) {
    this.#lists = Array.from({ length: things }, () => new Int32Array(0));
    this.#counts = new Int32Array(things);
  }

  count(thing: number): number {
    return this.#counts[thing] as number;
  }

  /** The first `count(thing)` items; valid until the next change. */
  list(thing: number): Int32Array {
    return this.#lists[thing] as Int32Array;
  }

  add(thing: number, user: number): void {
    const count = this.#counts[thing] as number;
    let list = this.#lists[thing] as Int32Array;
    if (count === list.length) {
      const longer = new Int32Array(Math.max(initialSize, 2 * count));
      longer.set(list);
      this.#lists[thing] = longer;
      list = longer;
    }
    list[count] = user;
    this.#counts[thing] = count + 1;
  }

  remove(thing: number, user: number): void {
    const list = this.#lists[thing] as Int32Array;
    const last = (this.#counts[thing] as number) - 1;
    let place = last;
    while (list[place] !== user) place--;
    list[place] = list[last] as number;
    this.#counts[thing] = last;
  }
}
