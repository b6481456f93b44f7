import { type HostReadings, notRead, type Reading } from './state.js';

/** The time between two successive readings of one host, on the reconciler's clock. */
export interface Span {
  fromMs: number;
  toMs: number;
  /** Position of the later reading. */
  later: number;
}

/** Spans that can be compared, in order. */
export function spansOf({ readings, clockOffsetMs }: HostReadings): Span[] {
  const spans: Span[] = [];
  for (let later = 1; later < readings.length; later++) {
    const [a, b] = [readings[later - 1], readings[later]];
    if (a === undefined || b === undefined || a.life !== b.life) continue;
    spans.push({ fromMs: a.atMs + clockOffsetMs, toMs: b.atMs + clockOffsetMs, later });
  }
  return spans;
}

/** Spans that reach into the window of `windowMs` that ends with the newest. */
export function inWindow(spans: readonly Span[], windowMs: number): Span[] {
  const endMs = spans.at(-1)?.toMs ?? 0;
  return spans.filter(({ toMs }) => toMs > endMs - windowMs);
}

/**
 * Bytes that the pair at a place sent between a reading and the one before. A counter that shrank has restarted from zero, as one
 * does that was evicted; one that is missing from a reading keeps its total, so that its return does not look like a burst.
 */
export function bytesSent(readings: readonly Reading[], later: number): (place: number) => number {
  const [before, after] = [readings[later - 1]?.bytes ?? nothing, readings[later]?.bytes ?? nothing];
  return (place) => {
    const is = totalAt(after, place);
    if (is < 0) return 0;
    const known = totalAt(before, place);
    const was = known < 0 ? lastTotal(readings, later - 1, place) : known;
    return is < was ? is : is - was;
  };
}

const nothing = new Float64Array();

/** What is beyond the end was not read. */
function totalAt(bytes: Float64Array, place: number): number {
  return place < bytes.length ? (bytes[place] ?? notRead) : notRead;
}

/** The total at or before a reading of one life; counters start at zero. */
function lastTotal(readings: readonly Reading[], at: number, place: number): number {
  const life = readings[at]?.life;
  for (let index = at; index >= 0 && readings[index]?.life === life; index--) {
    const total = readings[index]?.bytes[place] ?? -1;
    if (total >= 0) return total;
  }
  return 0;
}

/** Readings from `first` on, the first of which keeps the totals that it lacks and the dropped ones know. */
export function dropBefore(readings: readonly Reading[], first: number): Reading[] {
  const [oldest, ...others] = readings.slice(first);
  if (oldest === undefined) return [];
  const isWhole = oldest.bytes.every((total) => total >= 0);
  if (isWhole) return [oldest, ...others];
  const bytes = oldest.bytes.map((total, place) => (total >= 0 ? total : lastTotal(readings, first, place)));
  return [{ ...oldest, bytes }, ...others];
}
