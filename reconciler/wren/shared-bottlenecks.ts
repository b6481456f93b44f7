import type { SharedBottleneck } from '../../schema/generated/types.js';
import { type Congestion, congestionOf, type PathLoad } from './congestion.js';
import { type PairProbability, queueClusters } from './queue-clusters.js';
import type { QueueingTrack } from './queueing-history.js';
import { sharedQueue } from './shared-queue.js';

/** Of more congested paths than this only those that are in use most often are compared. */
const mostPaths = 80;

/** Groups of paths whose packets wait in one queue, by their first path; what they share follows from other figures. */
export type QueueGroups = Omit<SharedBottleneck, 'capacityMbps'>[];

/** A comparison of paths that is under way; it is of one moment, however many steps it takes. */
export class PathComparison {
  readonly #work: Generator<void, QueueGroups>;

  constructor(tracks: readonly QueueingTrack[], loadOf: (path: { from: string; to: string }) => PathLoad) {
    this.#work = compared(tracks, loadOf);
  }

  /** Goes on for so many pairs of paths, or as many paths. Null until it is done. */
  advance(pairs: number): QueueGroups | null {
    for (let pair = 0; pair < pairs; pair++) {
      const { done, value } = this.#work.next();
      if (done) return value;
    }
    return null;
  }
}

/** Paths that were never busy together are not compared. Yields after each piece of work that takes a little time. */
function* compared(
  tracks: readonly QueueingTrack[],
  loadOf: (path: { from: string; to: string }) => PathLoad,
): Generator<void, QueueGroups> {
  const congested: Congestion[] = [];
  for (const track of tracks) {
    const congestion = congestionOf(track, loadOf(track));
    if (congestion) congested.push(congestion);
    yield;
  }
  const paths = busiest(congested);
  const pairs: PairProbability[] = [];
  for (const [a, path] of paths.entries()) {
    for (const [b, other] of paths.entries()) {
      if (b <= a) continue;
      const found = sharedQueue(path, other);
      if (found) pairs.push({ a, b, probability: found.probability });
      yield;
    }
  }
  return queueClusters(paths.length, pairs).map(({ members, confidence }) => {
    const names = members.flatMap((place) => {
      const path = paths[place];
      return path ? [{ from: path.from, to: path.to }] : [];
    });
    return { paths: names, confidence: Math.round(confidence * 1000) / 1000 };
  });
}

/** In the order in which they came. */
function busiest(paths: readonly Congestion[]): readonly Congestion[] {
  if (paths.length <= mostPaths) return paths;
  const kept = new Set([...paths].sort((a, b) => b.presence - a.presence).slice(0, mostPaths));
  return paths.filter((path) => kept.has(path));
}
