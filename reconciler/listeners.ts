/** Whoever wants to be told, in the order in which they came. */
export class Listeners<T> {
  readonly #all = new Set<(news: T) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** The function that it returns ends the telling. */
  add(listener: (news: T) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(news: T): void {
    for (const listener of this.#all) listener(news);
  }
}
