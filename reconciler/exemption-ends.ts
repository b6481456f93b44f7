import { timeOf } from '../schema/admission/rule-times.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { rulesAmong } from './admit.js';
import type { Clock } from './ports.js';

/** When the next exemption of a rule ends; null where none will. */
export function nextExemptionEnd(
  documents: readonly LocatedDocument[],
  nowMs: number,
): { atMs: number; rule: string } | null {
  const ends = rulesAmong(documents).flatMap(({ document: { metadata, spec } }) =>
    (spec.exemptions ?? []).map(({ until }) => ({ atMs: timeOf(until) ?? 0, rule: metadata.name })),
  );
  const ahead = ends.filter(({ atMs }) => atMs > nowMs).sort((a, b) => a.atMs - b.atMs);
  return ahead[0] ?? null;
}

/** Timers hold no more than 31 bits of milliseconds; an end that is further away is looked for again after a day. */
const longestMs = 24 * 3600e3;

/** Asks for a pass at the moment that an exemption ends: what it let pass may be denied from then on. */
export class ExemptionEnds {
  readonly #clock: Clock;
  readonly #request: (reason: string) => void;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, request: (reason: string) => void) {
    this.#clock = clock;
    this.#request = request;
  }

  /** Looks out for the exemptions of these documents, and for no others. */
  follow(documents: readonly LocatedDocument[]): void {
    this.#cancel();
    const nowMs = this.#clock.nowMs();
    const next = nextExemptionEnd(documents, nowMs);
    if (next === null) return;
    const delayMs = next.atMs - nowMs;
    this.#cancel =
      delayMs > longestMs
        ? this.#clock.after(longestMs, () => this.follow(documents))
        : this.#clock.after(delayMs, () => this.#request(`an exemption of rule ${next.rule} has ended`));
  }

  stop(): void {
    this.#cancel();
  }
}
