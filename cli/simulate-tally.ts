import { journeys } from '../reconciler/model/recent-moves.js';
import type { RecentMove, Score } from '../schema/generated/types.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A VM that went from one host to another, and with its next move back. */
export interface Flap {
  vm: string;
  /** Where it was before and after. */
  host: string;
  /** Where it was in between. */
  away: string;
  /** When it left and when it came back, ms since the epoch. */
  leftAtMs: number;
  backAtMs: number;
}

/** What one history of the fleet comes to. */
export interface Tally {
  moves: number;
  /** Null for a window of less than an hour: it tells nothing of a day. */
  movesPerDay: number | null;
  flaps: Flap[];
  linksAdded: number;
  linksRemoved: number;
  /** Means over the time that each observation stood; null where there was no value. */
  meanUnmetMbps: number | null;
  meanObjective: number | null;
}

/** What was so from one observation until the next. */
export interface Stretch {
  atMs: number;
  score: Score | null;
  linksAdded: number;
  linksRemoved: number;
}

/** @param stretches oldest first */
export function tallyOf(stretches: readonly Stretch[], moves: readonly RecentMove[]): Tally {
  const travelled = travelledIn(moves);
  const first = stretches[0]?.atMs ?? 0;
  const lengthMs = (stretches.at(-1)?.atMs ?? 0) - first;
  const total = (which: 'linksAdded' | 'linksRemoved') => stretches.reduce((sum, each) => sum + each[which], 0);
  return {
    moves: travelled.length,
    movesPerDay: lengthMs >= hourMs ? rounded(travelled.length / (lengthMs / dayMs), 2) : null,
    flaps: flapsOf(travelled),
    linksAdded: total('linksAdded'),
    linksRemoved: total('linksRemoved'),
    meanUnmetMbps: meanOf(stretches, ({ unmetMbps }) => unmetMbps),
    meanObjective: meanOf(stretches, ({ objective }) => objective.value),
  };
}

/** Where VMs went, however they were parked on their way. */
export function travelledIn(moves: readonly RecentMove[]): RecentMove[] {
  return journeys(moves).filter(({ from, to }) => from !== to);
}

export function flapsOf(moves: readonly RecentMove[]): Flap[] {
  return moves.flatMap((back, place) => {
    const left = moves.slice(0, place).findLast(({ vm }) => vm === back.vm);
    if (left === undefined || left.from !== back.to || left.to !== back.from) return [];
    const { vm, from: host, to: away, atMs: leftAtMs } = left;
    return [{ vm, host, away, leftAtMs, backAtMs: back.atMs }];
  });
}

/** The last observation stands for no time; where none does, all count alike. */
function meanOf(stretches: readonly Stretch[], measure: (score: Score) => number): number | null {
  const weighted = stretches.flatMap(({ atMs, score }, place) => {
    const lastsMs = (stretches[place + 1]?.atMs ?? atMs) - atMs;
    return score === null ? [] : [{ value: measure(score), lastsMs }];
  });
  if (weighted.length === 0) return null;
  const totalMs = weighted.reduce((sum, { lastsMs }) => sum + lastsMs, 0);
  const sum = weighted.reduce((sum, { value, lastsMs }) => sum + value * (totalMs > 0 ? lastsMs : 1), 0);
  return rounded(sum / (totalMs > 0 ? totalMs : weighted.length), 3);
}

function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
