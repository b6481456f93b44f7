import { type DelaySeries, pathKey } from './path-readings.js';

/** Length of a bin; series in other bins are not taken. */
const binMs = 100;
/** How long bins are kept: two minutes. */
const keptBins = 1200;
/** What hosts may be ahead by, their clocks being known only so well. */
const aheadBins = 20;
/** A path that both ends tell of is taken from its receiver, until it has been silent for this long. */
const preferenceBins = 600;
/** No queue is longer: a minute. */
const longestMs = 60_000;

interface Track {
  from: string;
  to: string;
  /** By bin number modulo its length; NaN: no packets. */
  delaysMs: Float32Array;
  /** Number of the newest bin. */
  newest: number;
  /** Newest bin that was told two-sided. */
  newestTwoSided: number;
}

/** A path's queueing over a common time, the oldest bin first; NaN: no packets. */
export interface QueueingTrack {
  from: string;
  to: string;
  delaysMs: Float32Array;
}

/** Queueing delays of all paths in the last two minutes, in bins of one clock. */
export class QueueingHistory {
  readonly #tracks = new Map<string, Track>();

  /** Whether the series could be taken. */
  add(series: DelaySeries, nowMs: number): boolean {
    const first = Math.round(series.fromMs / binMs);
    const last = first + series.delaysMs.length - 1;
    const now = Math.floor(nowMs / binMs);
    if (series.binMs !== binMs || last > now + aheadBins || last < now - keptBins) return false;
    const track = this.#track(series, first - 1);
    if (series.method === 'two-sided') track.newestTwoSided = last;
    else if (last - track.newestTwoSided < preferenceBins) return true;
    const from = Math.max(first, last - keptBins + 1);
    this.#clear(track, Math.max(track.newest + 1, from - keptBins), from - 1);
    series.delaysMs.forEach((delayMs, index) => {
      if (first + index >= from)
        track.delaysMs[slot(first + index)] = delayMs === null ? Number.NaN : Math.min(delayMs, longestMs);
    });
    track.newest = Math.max(track.newest, last);
    return true;
  }

  /** Paths that were heard of in the last two minutes, by path, with the bins of that time; what is not yet known is NaN. */
  tracks(nowMs: number): QueueingTrack[] {
    const end = Math.floor(nowMs / binMs);
    const tracks: QueueingTrack[] = [];
    for (const key of [...this.#tracks.keys()].sort()) {
      const track = this.#tracks.get(key);
      if (!track) continue;
      if (end - track.newest >= keptBins) this.#tracks.delete(key);
      else tracks.push({ from: track.from, to: track.to, delaysMs: unrolled(track, end) });
    }
    return tracks;
  }

  #track({ from, to }: DelaySeries, before: number): Track {
    const key = pathKey({ from, to });
    const known = this.#tracks.get(key);
    if (known) return known;
    const delaysMs = new Float32Array(keptBins).fill(Number.NaN);
    const track = { from, to, delaysMs, newest: before, newestTwoSided: Number.NEGATIVE_INFINITY };
    this.#tracks.set(key, track);
    return track;
  }

  /** Bins that nobody told of had no packets. */
  #clear(track: Track, from: number, to: number): void {
    for (let bin = from; bin <= to; bin++) track.delaysMs[slot(bin)] = Number.NaN;
  }
}

const slot = (bin: number): number => ((bin % keptBins) + keptBins) % keptBins;

function unrolled({ delaysMs, newest }: Track, end: number): Float32Array {
  const out = new Float32Array(keptBins).fill(Number.NaN);
  const begin = end - keptBins + 1;
  const from = Math.max(begin, newest - keptBins + 1);
  const known = Math.min(end, newest) - from + 1;
  const untilWrap = Math.min(known, keptBins - slot(from));
  out.set(delaysMs.subarray(slot(from), slot(from) + untilWrap), from - begin);
  out.set(delaysMs.subarray(0, known - untilWrap), from - begin + untilWrap);
  return out;
}
