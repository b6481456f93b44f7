import { setTimeout as sleep } from 'node:timers/promises';
import type { PairRate } from '../../../reconciler/model/pair.js';
import { relativeChange } from '../../../reconciler/vttif/difference.js';
import { prune } from '../../../reconciler/vttif/prune.js';
import { smooth } from '../../../reconciler/vttif/smooth.js';
import { VttifWatch } from '../../../test/lab/vttif-watch.js';
import { type Cell, ratesMbps } from './cells.js';
import { type GuestFleet, macOf } from './guest-fleet.js';
import type { Replay, SentLog } from './replay.js';
import { type Seen, samePairs, windowOf } from './window.js';

/** From this much, of the larger of two matrices, a change is one of the pattern rather than of rates. */
const clearChange = 0.5;
/** How long guests take to begin to send by another pattern. */
const beginMs = 500;
const bytesPerMegabit = 125_000;

export interface Pace {
  samplingIntervalMs: number;
  smoothingIntervalMs: number;
  /** Smoothing intervals that each cell lasts. */
  intervals: number;
  /** Guests send in pieces of what is due in this time, or in longer, so that all together are at most `piecesPerSecond`. */
  periodMs: number;
  piecesPerSecond: number;
}

/** What was inferred while a cell was played. */
export interface CellResult {
  cell: Cell;
  /** Windows that lie wholly in it. */
  windows: Seen[];
  /** From the change until the pattern was declared, in smoothing intervals; undefined if it differs too little from the one before. */
  declaredAfter: number | undefined;
  /** Declarations of anything else, or once more. */
  strays: number;
}

/** Plays cells one after the other; the first is played for a start and nothing is told of it. */
export async function play(
  fleet: GuestFleet,
  replay: Replay,
  order: readonly Cell[],
  pace: Pace,
  tell: (result: CellResult) => void,
): Promise<CellResult[]> {
  const { samplingIntervalMs, smoothingIntervalMs } = pace;
  const thresholds = { pruneThreshold: 0.1, detectionThreshold: 0.2, settleMs: smoothingIntervalMs };
  const watch = new VttifWatch(fleet.substrates, { samplingIntervalMs, smoothingIntervalMs, ...thresholds });
  const results: CellResult[] = [];
  let before: Cell | undefined;
  for (const cell of order) {
    const result = await playCell(watch, replay, cell, before, pace);
    if (before) {
      results.push(result);
      tell(result);
    }
    before = cell;
  }
  return results;
}

async function playCell(
  watch: VttifWatch,
  replay: Replay,
  cell: Cell,
  before: Cell | undefined,
  pace: Pace,
): Promise<CellResult> {
  const { samplingIntervalMs, smoothingIntervalMs, intervals } = pace;
  const rates = ratesMbps(cell, replay.size);
  const { pruneThreshold } = watch.parameters;
  const truth = prune(pairsOf(rates), pruneThreshold);
  begin(replay, cell, rates, Math.max(pace.periodMs, (1000 * cell.pattern.edges.length) / pace.piecesPerSecond));
  const changedMs = Date.now();
  const span = smoothingIntervalMs / samplingIntervalMs;
  const logs: SentLog[] = [];
  const declaredAfter = isClearChange(before, rates) ? Number.POSITIVE_INFINITY : undefined;
  const result: CellResult = { cell, windows: [], declaredAfter, strays: 0 };
  for (let tick = 1; tick <= span * intervals; tick++) {
    await sleep(changedMs + tick * samplingIntervalMs - Date.now());
    const looked = watch.look();
    // The counters have been read by now; what is awaited is the rest.
    const lookedMs = Date.now();
    const [declared, last] = await Promise.all([looked, replay.log(lookedMs)]);
    logs.push(last);
    if (declared) noteDeclaration(result, watch, truth, changedMs);
    const first = nearest(logs, lookedMs - smoothingIntervalMs);
    if (first && first.atMs - changedMs > beginMs) {
      const seen = smooth(watch.state, Date.now(), smoothingIntervalMs).rates;
      result.windows.push(windowOf(seen, truth, cell, { first, last }, pruneThreshold));
    }
  }
  return result;
}

/** The log of nearest to a time; undefined if the time is before all of them by more than they are apart. */
function nearest(logs: readonly SentLog[], atMs: number): SentLog | undefined {
  const [first, second] = logs;
  if (!first || !second || atMs < first.atMs - (second.atMs - first.atMs) / 2) return undefined;
  return logs.reduce((best, log) => (Math.abs(log.atMs - atMs) < Math.abs(best.atMs - atMs) ? log : best));
}

function begin(replay: Replay, { noise }: Cell, rates: readonly (readonly number[])[], periodMs: number): void {
  const heaviest = Math.max(...rates.flat()) * bytesPerMegabit;
  replay.disturb(heaviest * noise * (rates.length - 1), 1);
  replay.send(
    rates.map((row) => row.map((rate) => rate * bytesPerMegabit)),
    periodMs,
  );
}

function isClearChange(before: Cell | undefined, rates: readonly (readonly number[])[]): boolean {
  return (
    before !== undefined && relativeChange(pairsOf(ratesMbps(before, rates.length)), pairsOf(rates)) >= clearChange
  );
}

function noteDeclaration(result: CellResult, watch: VttifWatch, truth: readonly PairRate[], changedMs: number): void {
  const { atMs = Number.NaN, demands = [] } = watch.state.declared ?? {};
  const after = (atMs - changedMs) / watch.parameters.smoothingIntervalMs;
  if (samePairs(demands, truth) && result.declaredAfter === Number.POSITIVE_INFINITY) result.declaredAfter = after;
  else if (result.declaredAfter !== undefined) result.strays += 1;
}

function pairsOf(rates: readonly (readonly number[])[]): PairRate[] {
  return rates.flatMap((row, from) =>
    row.flatMap((rateMbps, to) =>
      rateMbps > 0 ? [{ network: 'bench', source: macOf(from), destination: macOf(to), rateMbps }] : [],
    ),
  );
}
