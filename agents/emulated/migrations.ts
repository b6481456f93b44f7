import type { EmulatedHost } from './emulated-host.js';

/** A guest under way: it runs at `from` until `endsMs`, and at `to` from then on. */
export interface Migration {
  guest: string;
  from: EmulatedHost;
  to: EmulatedHost;
  endsMs: number;
}

const mbPerMib = (1024 * 1024 * 8) / 1e6;

/** Milliseconds to copy a guest's memory once. */
export function copyMs(memoryMib: number, rateMbps: number): number {
  return ((memoryMib * mbPerMib) / rateMbps) * 1000;
}

/** Migrations under way, at most one for each guest. */
export class Migrations {
  readonly #byGuest = new Map<string, Migration>();

  of(guest: string): Migration | undefined {
    return this.#byGuest.get(guest);
  }

  from(host: EmulatedHost): Migration[] {
    return [...this.#byGuest.values()].filter((each) => each.from === host);
  }

  begin(migration: Migration): void {
    this.#byGuest.set(migration.guest, migration);
  }

  end(guest: string): void {
    this.#byGuest.delete(guest);
  }

  /** The next one that ends until `atMs`. */
  due(atMs: number): Migration | undefined {
    let next: Migration | undefined;
    for (const each of this.#byGuest.values())
      if (each.endsMs <= atMs && (!next || each.endsMs < next.endsMs)) next = each;
    return next;
  }
}
