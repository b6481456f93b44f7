import type { PairRate } from '../model/pair.js';
import { type Component, componentAt, components } from './components.js';

interface Prunable extends PairRate {
  /** What was seen of it, where `rateMbps` is presumed to be more. */
  seenMbps?: number;
  /** `at-least`: how much it would be if nothing held it back is not known. */
  origin?: string;
}

/** Part of the threshold below which an entry is a trickle, even if it is held back or the largest of its VMs. */
const tricklePart = 0.1;

/** What is seen and kept is at least this share of the largest entry: the smallest in the smallest application. */
export function leastKeptShare(threshold: number): number {
  return tricklePart * threshold ** 2;
}

/**
 * The application topology: entries of at least `threshold` times the largest, which is what normalising compares. Entries are compared
 * as they were seen, too: what some are presumed to want beyond it makes the others no smaller. Between VMs of one application the
 * largest of that application counts, not that of another one which happens to run beside it. VMs that are in no application by then
 * may be one of their own, if it is more than a trickle, and large beside what they exchange with all others: otherwise it is background.
 * What is held back only has to be more than a trickle: nobody knows how large it is.
 */
export function prune<Entry extends Prunable>(matrix: readonly Entry[], threshold: number): Entry[] {
  const kept = new Set(heaviest(matrix, threshold));
  const trickleMbps = tricklePart * threshold * largestOf(matrix);
  let rest = matrix;
  let parts = components([...kept]);
  let background = new Set<Component<Entry>>();
  while (parts.length > 0) {
    const { within, apart } = divided(rest, parts);
    for (const [place, part] of parts.entries()) {
      if (background.has(part)) continue;
      for (const entry of [...part.entries, ...heaviest(within[place] ?? [], threshold)]) kept.add(entry);
    }
    rest = apart;
    parts = components(heaviest(rest, threshold).filter(({ rateMbps }) => rateMbps >= trickleMbps));
    background = new Set(parts.filter(isBackground(parts, matrix, threshold)));
  }
  return matrix.filter((entry) => kept.has(entry));
}

/** Entries between VMs of one part, by part, and those between VMs of none. */
function divided<Entry extends Prunable>(matrix: readonly Entry[], parts: readonly Component<Entry>[]) {
  const partAt = componentAt(parts);
  const within = parts.map((): Entry[] => []);
  const apart: Entry[] = [];
  for (const entry of matrix) {
    const { network, source, destination } = entry;
    const [from, to] = [partAt(network, source), partAt(network, destination)];
    if (from === undefined && to === undefined) apart.push(entry);
    else if (from !== undefined && from === to) within[from]?.push(entry);
  }
  return { within, apart };
}

/** Whether a part exchanges more with others than would be pruned among its own entries. */
function isBackground<Entry extends Prunable>(
  parts: readonly Component<Entry>[],
  matrix: readonly Entry[],
  threshold: number,
): (part: Component<Entry>, place: number) => boolean {
  const partAt = componentAt(parts);
  const crossingMbps = new Float64Array(parts.length);
  for (const { network, source, destination, rateMbps } of matrix) {
    const ends = [partAt(network, source), partAt(network, destination)];
    if (ends[0] === ends[1]) continue;
    for (const place of ends)
      if (place !== undefined) crossingMbps[place] = Math.max(crossingMbps[place] ?? 0, rateMbps);
  }
  return ({ entries }, place) => (crossingMbps[place] ?? 0) >= threshold * largestOf(entries);
}

function largestOf(matrix: readonly Prunable[]): number {
  return matrix.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
}

function heaviest<Entry extends Prunable>(matrix: readonly Entry[], threshold: number): Entry[] {
  const seen = ({ rateMbps, seenMbps = rateMbps }: Entry) => seenMbps;
  const largest = largestOf(matrix);
  const largestSeen = matrix.reduce((most, entry) => Math.max(most, seen(entry)), 0);
  const isLarge = (entry: Entry) => {
    const least = entry.origin === 'at-least' ? tricklePart * threshold : threshold;
    return entry.rateMbps >= least * largest || seen(entry) >= threshold * largestSeen;
  };
  return matrix.filter((entry) => entry.rateMbps > 0 && isLarge(entry));
}
