import { readFileSync } from 'node:fs';

/** One line of an emulated link's log: counters of one hop since the emulator began. */
export interface LinkLogLine {
  /** Since the epoch. */
  atMs: number;
  way: 'there' | 'back';
  /** Place in the series, from 0. */
  hop: number;
  crossOfferedBytes: number;
  crossCarriedBytes: number;
  crossDropped: number;
  carriedBytes: number;
  carried: number;
  dropped: number;
  lost: number;
  /** What a packet would have waited then. */
  waitMs: number;
}

/** What the emulated link has logged up to now. */
export function readLinkLog(file: string): LinkLogLine[] {
  const complete = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return complete.map((line) => {
    const [atUs = 0, way = 0, hop = 0, crossOfferedBytes = 0, crossCarriedBytes = 0, ...rest] = line
      .split(' ')
      .map(Number);
    const [crossDropped = 0, carriedBytes = 0, carried = 0, dropped = 0, lost = 0, waitUs = 0] = rest;
    const counters = { crossOfferedBytes, crossCarriedBytes, crossDropped, carriedBytes, carried, dropped, lost };
    return { atMs: atUs / 1000, way: way === 0 ? 'there' : 'back', hop, ...counters, waitMs: waitUs / 1000 };
  });
}

/** Rates between two times, at the IP layer. */
export interface LinkRates {
  crossOfferedMbps: number;
  crossCarriedMbps: number;
  carriedMbps: number;
  /** Packets of those that the queue was offered. */
  dropShare: number;
}

/**
 * What one hop did between two times, by its log. @throws if the log has no lines of the time.
 */
export function ratesBetween(
  lines: readonly LinkLogLine[],
  { way, hop }: Pick<LinkLogLine, 'way' | 'hop'>,
  fromMs: number,
  toMs: number,
): LinkRates {
  const within = lines.filter(
    (each) => each.way === way && each.hop === hop && each.atMs >= fromMs && each.atMs <= toMs,
  );
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs)
    throw new Error(
      `The log of the link says nothing of the ${toMs - fromMs} ms from ${new Date(fromMs).toISOString()}.`,
    );
  const mbps = (of: 'crossOfferedBytes' | 'crossCarriedBytes' | 'carriedBytes'): number =>
    ((last[of] - first[of]) * 8) / (last.atMs - first.atMs) / 1000;
  const dropped = last.dropped - first.dropped;
  return {
    crossOfferedMbps: mbps('crossOfferedBytes'),
    crossCarriedMbps: mbps('crossCarriedBytes'),
    carriedMbps: mbps('carriedBytes'),
    dropShare: dropped / Math.max(dropped + last.carried - first.carried, 1),
  };
}
