import type { Figure } from '../figure.js';
import { atMost } from '../vnet/figures.js';
import { guestAddress } from '../vnet/stage.js';
import { median } from '../vnet/statistics.js';
import { allCells, type Cell } from './cells.js';
import { startMessages } from './messages.js';
import { WrenStage } from './wren-stage.js';

/** Of the capacity: fast enough to fill the queue of the narrowest link, slow enough that gaps mean something. */
const paceOverCapacity = 1.25;
const rates = [50, 100, 500];

/** What pacing the application's own packets costs it: the same messages with and without. */
export async function pacingFigures(seconds: number, seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const rateMbps of rates) {
    const cell = allCells().find((each) => each.name === `${rateMbps}M poisson 30% 20ms two-sided cubic`);
    if (!cell) throw new Error(`there is no such cell of ${rateMbps} Mb/s`);
    const free = await messageTimes(cell, seconds, seed);
    const paced = await messageTimes(cell, seconds, seed, paceOverCapacity * rateMbps);
    // The first of both are the same messages.
    const common = Math.min(free.length, paced.length);
    const ratio = median(paced.slice(0, common)) / median(free.slice(0, common));
    figures.push(atMost(`pacing at ${rateMbps} Mb/s: median message time over that without`, ratio, 1.05));
  }
  return figures;
}

async function messageTimes(cell: Cell, seconds: number, seed: number, paceMbps?: number): Promise<number[]> {
  const stage = new WrenStage(cell, seed);
  try {
    await stage.build();
    const course = { seconds, seed, ...(paceMbps === undefined ? {} : { paceMbps }) };
    const traffic = await startMessages(stage.names, ['g1', 'g2'], guestAddress(2), cell, course);
    await traffic.over;
    return traffic.messages.map(({ durationMs }) => durationMs);
  } finally {
    await stage.tearDown();
  }
}
