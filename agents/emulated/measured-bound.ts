import type { ConfigurationBound, LinkEnd } from '../../schema/generated/types.js';

/** The largest times that a VNET core has taken to configure itself. */
export class MeasuredBound {
  #switchMs: number | undefined;
  readonly #setUpMs = new Map<LinkEnd['type'], number>();

  switched(ms: number): void {
    this.#switchMs = Math.max(this.#switchMs ?? 0, ms);
  }

  setUp(type: LinkEnd['type'], ms: number): void {
    this.#setUpMs.set(type, Math.max(this.#setUpMs.get(type) ?? 0, ms));
  }

  /** Undefined before the first switch. */
  read(): ConfigurationBound | undefined {
    if (this.#switchMs === undefined) return undefined;
    const links = [...this.#setUpMs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, setUpMs]) => ({ type, setUpMs }));
    return { switchMs: this.#switchMs, links };
  }
}
