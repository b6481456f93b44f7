import { uniformAt } from './hash-random.js';
import type { Pattern } from './patterns.js';
import type { Flow } from './route.js';

/** A parallel program in guests, which talk as its pattern says. Times count from the beginning of the scenario. */
export interface Application {
  pattern: Pattern;
  /** As many as the pattern has places. */
  guests: string[];
  /** What the heaviest edge wants to send while the program communicates. */
  peakMbps: number;
  fromMs: number;
  /** Left out: it never ends. */
  untilMs?: number;
  /**
   * Bulk-synchronous: in each iteration all guests communicate first, and compute then. Where nothing holds them back an iteration
   * takes `periodMs`, `busyMs` of it to communicate; else it takes what it takes to send as much. Whole milliseconds.
   */
  phases?: Phases;
  /** Rates are off by up to this share, drawn anew each time. */
  noise?: { share: number; everyMs: number };
  /** Pairs of its guests that do not talk by the pattern send up to this share of the peak nevertheless, with the noise's times. */
  background?: number;
}

export interface Phases {
  periodMs: number;
  busyMs: number;
}

/** An ordered pair of guests that may talk at some time. */
export interface ApplicationPair {
  source: string;
  destination: string;
  weight: number;
}

const backgroundEveryMs = 500;

/** All pairs that ever talk, in an order of their own. */
export function pairsOf({ pattern, guests, background = 0 }: Application): ApplicationPair[] {
  const name = (place: number) => guests[place] ?? '';
  const pairs = pattern.edges.map(({ from, to, weight }) => ({ source: name(from), destination: name(to), weight }));
  if (background === 0) return pairs;
  const talking = new Set(pattern.edges.map(({ from, to }) => from * pattern.size + to));
  const others = guests.flatMap((source, from) =>
    guests.flatMap((destination, to) =>
      from === to || talking.has(from * pattern.size + to) ? [] : [{ source, destination, weight: 0 }],
    ),
  );
  return [...pairs, ...others];
}

/** What each of `pairs` wants to send, if the program communicates. `key` tells it from others with the same seed. */
export function flowsAt(
  application: Application,
  pairs: readonly ApplicationPair[],
  isSending: boolean,
  atMs: number,
  seed: number,
  key: number,
): Flow[] {
  const { peakMbps, noise, background = 0 } = application;
  const turn = Math.floor(atMs / everyMs(application));
  return pairs.map(({ source, destination, weight }, pair) => {
    const draw = () => uniformAt(seed, key, pair, turn);
    if (!isSending) return { source, destination, rateMbps: 0 };
    if (weight === 0) return { source, destination, rateMbps: peakMbps * background * draw() };
    const factor = noise ? 1 + noise.share * (2 * draw() - 1) : 1;
    return { source, destination, rateMbps: peakMbps * weight * factor };
  });
}

/** The first instant after `atMs` at which rates are drawn anew. */
export function nextDrawMs(application: Application, atMs: number): number {
  const { noise, background = 0 } = application;
  const every = everyMs(application);
  return noise || background > 0 ? (Math.floor(atMs / every) + 1) * every : Number.POSITIVE_INFINITY;
}

/** What is wrong with it, for people. */
export function applicationFaults(application: Application, index: number): string[] {
  const { pattern, guests, peakMbps, phases, noise, background = 0 } = application;
  const faults: string[] = [];
  const about = `Application ${index + 1}`;
  if (guests.length !== pattern.size) {
    faults.push(`${about} has ${guests.length} guests, but its pattern is one of ${pattern.size}: name as many.`);
  }
  if (new Set(guests).size !== guests.length) faults.push(`${about} names a guest twice: give each place its own.`);
  if (!(peakMbps >= 0)) faults.push(`${about} has a peak of ${peakMbps} Mb/s: give one from 0 on.`);
  if (phases && !(isWhole(phases.busyMs) && isWhole(phases.periodMs) && phases.busyMs <= phases.periodMs))
    faults.push(`${about}: its phases must last whole milliseconds above 0, and be busy for at most the period.`);
  if (noise && !(noise.everyMs > 0 && noise.share >= 0 && noise.share <= 1))
    faults.push(`${about}: its noise must be drawn after more than 0 ms, and be a share from 0 to 1.`);
  if (!(background >= 0)) faults.push(`${about}: its background must be a share of the peak, from 0 on.`);
  return faults;
}

function everyMs({ noise }: Application): number {
  return noise?.everyMs ?? backgroundEveryMs;
}

function isWhole(ms: number): boolean {
  return Number.isInteger(ms) && ms > 0;
}
