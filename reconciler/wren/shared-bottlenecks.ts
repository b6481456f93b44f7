import type { SharedBottleneck } from '../../schema/generated/types.js';
import { type Congestion, congestionOf, type PathLoad } from './congestion.js';
import { type PairProbability, queueClusters } from './queue-clusters.js';
import type { QueueingTrack } from './queueing-history.js';
import { sharedQueue } from './shared-queue.js';

/** Of more congested paths than this only those that are in use most often are compared: it takes some 0.2 ms a pair. */
const mostPaths = 80;

/** Groups of paths whose packets wait in one queue, by their first path. Paths that were never busy together are not compared. */
export function sharedBottlenecks(
  tracks: readonly QueueingTrack[],
  loadOf: (path: { from: string; to: string }) => PathLoad,
): Omit<SharedBottleneck, 'capacityMbps'>[] {
  const paths = busiest(tracks.flatMap((track) => congestionOf(track, loadOf(track)) ?? []));
  const pairs = paths.flatMap((path, a) =>
    paths.slice(a + 1).flatMap((other, index): PairProbability[] => {
      const found = sharedQueue(path, other);
      return found ? [{ a, b: a + 1 + index, probability: found.probability }] : [];
    }),
  );
  return queueClusters(paths.length, pairs).map(({ members, confidence }) => {
    const names = paths.flatMap(({ from, to }, place) => (members.includes(place) ? [{ from, to }] : []));
    return { paths: names, confidence: Math.round(confidence * 1000) / 1000 };
  });
}

/** In the order in which they came. */
function busiest(paths: Congestion[]): Congestion[] {
  if (paths.length <= mostPaths) return paths;
  const kept = new Set([...paths].sort((a, b) => b.presence - a.presence).slice(0, mostPaths));
  return paths.filter((path) => kept.has(path));
}
