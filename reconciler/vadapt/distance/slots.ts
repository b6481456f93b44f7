import type { Problem } from '../../model/problem.js';
import type { QuadraticAssignment } from '../assignment/quadratic-assignment.js';
import { roomTolerance } from '../host-room.js';
import type { Costs } from './costs.js';
import { LinearWorth } from './linear-worth.js';
import type { Placed } from './placed.js';
import type { Stage } from './stage.js';

/** Most slots for which matrices of all pairs pay. */
const mostSlots = 600;
/** Share of all pairs that exchange data, below which lists of pairs pay. */
const leastDensity = 0.05;

/** A problem whose hosts are so many equal slots, with one item for each; what is left over takes items that exchange nothing. */
export interface Slots {
  assignment: QuadraticAssignment;
  /** By slot. */
  hostOf: Int32Array;
}

/**
 * The problem as an assignment of items to slots, if it has that form: all items equally large, nothing to be kept but room and where items
 * may be, nothing to strive for first but what pairs cost by latency, and many pairs. Null otherwise. Nothing is placed yet.
 */
export function slotsOf(problem: Problem, { placed, costs }: Stage): Slots | null {
  const { pairs, worths, main } = costs;
  const first = worths[main];
  const isByPairs = main === 0 && first instanceof LinearWorth && first.isOfPairsAlone;
  if (!isByPairs || pairs === null || placed.groups.areThere || !areAlike(placed)) return null;
  if (problem.vms.some(({ current }) => current !== null)) return null;
  const hostOf = slots(placed);
  const size = hostOf.length;
  if (size > mostSlots || size < placed.items.count || pairs.other.length < leastDensity * size * size) return null;
  return { assignment: assignmentOf(placed, costs, hostOf), hostOf };
}

function areAlike({ items }: Placed): boolean {
  const isFlat = (sizes: Float64Array) => sizes.every((size) => size === sizes[0]);
  return isFlat(items.computeCores) && isFlat(items.memoryMib) && isFlat(items.diskGib) && isFlat(items.vms);
}

/** The host of each slot. */
function slots({ items, hosts, computeCores, memoryMib, diskGib, guestsLeft }: Placed): Int32Array {
  const taken = (free: number, size: number) => (size > 0 ? Math.floor((free + roomTolerance) / size) : items.count);
  const found: number[] = [];
  for (let host = 0; host < hosts; host++) {
    const fitting = Math.min(
      taken(computeCores[host] as number, items.computeCores[0] as number),
      taken(memoryMib[host] as number, items.memoryMib[0] as number),
      taken(diskGib[host] as number, items.diskGib[0] as number),
      taken(guestsLeft[host] as number, items.vms[0] as number),
      items.count,
    );
    for (let slot = 0; slot < fitting && found.length <= mostSlots; slot++) found.push(host);
  }
  return Int32Array.from(found);
}

function assignmentOf(
  { items, allowed }: Placed,
  { latencies, pairs }: Costs,
  hostOf: Int32Array,
): QuadraticAssignment {
  const size = hostOf.length;
  const flows = new Float64Array(size * size);
  const distances = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      distances[a * size + b] = latencies.between(hostOf[a] as number, hostOf[b] as number);
  pairs?.fillFlows(flows, size);
  const isBound = Array.from({ length: items.count }, (_, item) => allowed.of(item).length < latencies.hosts);
  if (!isBound.includes(true)) return { size, flows, distances, alone: null };
  const alone = new Float64Array(size * size);
  for (let item = 0; item < items.count; item++)
    for (let slot = 0; slot < size; slot++)
      if (!allowed.has(item, hostOf[slot] as number)) alone[item * size + slot] = Number.POSITIVE_INFINITY;
  return { size, flows, distances, alone };
}
