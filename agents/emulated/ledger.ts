/** A quantity that grows at a constant rate between two settlements. */
export interface Account {
  value: number;
  perMs: number;
}

export function account(): Account {
  return { value: 0, perMs: 0 };
}

/** Integrates accounts exactly: rates are piecewise constant, and whoever changes them settles first. */
export class Ledger {
  #settledMs: number;
  #growing: Account[] = [];

  constructor(nowMs: number) {
    this.#settledMs = nowMs;
  }

  /** Books what has accrued until `atMs`; afterwards nothing grows. */
  settle(atMs: number): void {
    for (const each of this.#growing) {
      each.value += each.perMs * (atMs - this.#settledMs);
      each.perMs = 0;
    }
    this.#growing = [];
    this.#settledMs = atMs;
  }

  /** From the last settlement on the account grows by this much more. */
  grow(each: Account, perMs: number): void {
    if (perMs === 0) return;
    if (each.perMs === 0) this.#growing.push(each);
    each.perMs += perMs;
  }

  read(each: Account, atMs: number): number {
    return each.value + each.perMs * (atMs - this.#settledMs);
  }
}
