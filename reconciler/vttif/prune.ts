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
 * may be one of their own, if it is more than a trickle. What is held back only has to be that: nobody knows how large it is.
 */
export function prune<Entry extends Prunable>(matrix: readonly Entry[], threshold: number): Entry[] {
  const kept = new Set<Entry>();
  const trickleMbps = tricklePart * threshold * largestOf(matrix);
  let rest = matrix;
  let heavy = heaviest(rest, threshold);
  while (heavy.length > 0) {
    const { within, apart } = divided(rest, components(heavy));
    for (const entry of [...heavy, ...within.flatMap((entries) => heaviest(entries, threshold))]) kept.add(entry);
    rest = apart.filter((entry) => !kept.has(entry));
    heavy = heaviest(rest, threshold).filter(({ rateMbps }) => rateMbps >= trickleMbps);
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
