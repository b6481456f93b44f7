import { exponentialAt } from './hash-random.js';

/** Length of a bin. */
export const binMs = 100;

/** A full buffer takes this long to drain. */
const bufferMs = 30;
/** Packets that come in one burst. */
const burst = 8;
const packetMb = (1500 * 8) / 1e6;
/** Busy spells outlast a bin: weights of this bin and those before it. */
const persistence = [0.5, 0.3, 0.2];

/**
 * Mean time that packets wait for one resource in one bin of time: that of an M/M/1 queue of bursts on average, and different from bin
 * to bin, but the same for all paths that cross the resource.
 */
export function queueingMs(seed: number, resource: number, bin: number, share: number, capacityMbps: number): number {
  const sendingMs = (burst * packetMb * 1000) / capacityMbps;
  const meanMs = share >= 1 ? bufferMs : Math.min(bufferMs, (sendingMs * share) / (1 - share));
  const turns = persistence.reduce((sum, weight, ago) => sum + weight * exponentialAt(seed, resource, bin - ago), 0);
  return Math.min(bufferMs, meanMs * turns);
}
