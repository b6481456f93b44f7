import type { Problem } from '../../model/problem.js';
import type { Latencies } from './latencies.js';
import type { Placed } from './placed.js';

/** More pairs of hosts than that are not sorted; then nothing is said. */
const mostPairs = 5_000_000;

/**
 * How near the first, second, third... partner of an item can be at best, as hosts have only so much room; in the nearer of both
 * directions. Nothing is placed yet.
 */
export function nearestPossible({ hosts }: Problem, placed: Placed, latencies: Latencies): Float64Array {
  const nearest = new Float64Array(Math.max(0, placed.items.count - 1));
  if (hosts.length * hosts.length > mostPairs) return nearest;
  const most = mostItems(placed);
  nearest.fill(Number.POSITIVE_INFINITY);
  for (let host = 0; host < hosts.length; host++) if ((most[host] as number) > 0) lower(nearest, host, most, latencies);
  return nearest.map((ms) => (ms === Number.POSITIVE_INFINITY ? 0 : ms));
}

/** Lowers `nearest` to what is possible for an item on one host. */
function lower(nearest: Float64Array, host: number, most: Int32Array, latencies: Latencies): void {
  const { length } = most;
  const ms = Float64Array.from({ length }, (_, other) =>
    Math.min(latencies.between(host, other), latencies.between(other, host)),
  );
  /** Room by latency: there are few different ones in zones. */
  const rooms = new Map<number, number>();
  for (let other = 0; other < length; other++) {
    const room = other === host ? (most[other] as number) - 1 : (most[other] as number);
    rooms.set(ms[other] as number, (rooms.get(ms[other] as number) ?? 0) + room);
  }
  let partner = 0;
  for (const [latencyMs, room] of [...rooms].sort(([a], [b]) => a - b))
    for (const end = Math.min(nearest.length, partner + room); partner < end; partner++)
      nearest[partner] = Math.min(nearest[partner] as number, latencyMs);
}

/** By host: more items do not fit, not even of the smallest. */
function mostItems({ items, hosts, computeCores, memoryMib, diskGib, guestsLeft }: Placed): Int32Array {
  const limits = [
    { sizes: items.computeCores.toSorted(), free: computeCores },
    { sizes: items.memoryMib.toSorted(), free: memoryMib },
    { sizes: items.diskGib.toSorted(), free: diskGib },
    { sizes: items.vms.toSorted(), free: guestsLeft },
  ];
  const fitting = (sizes: Float64Array, free: number) => {
    let [used, count] = [0, 0];
    while (count < sizes.length && used + (sizes[count] as number) <= free + 1e-6) used += sizes[count++] as number;
    return count;
  };
  return Int32Array.from({ length: hosts }, (_, host) =>
    Math.min(...limits.map(({ sizes, free }) => fitting(sizes, free[host] as number))),
  );
}
