import type { PairRate } from '../model/pair.js';
import { componentAt, components } from './components.js';

interface Prunable extends PairRate {
  /** What was seen of it, where `rateMbps` is presumed to be more. */
  seenMbps?: number;
  /** `at-least`: how much it would be if nothing held it back is not known. */
  origin?: string;
}

/** Part of the threshold that an entry has to reach which is held back. */
const heldBackPart = 0.1;

/**
 * The application topology: entries of at least `threshold` times the largest, which is what normalising compares. Entries are compared
 * as they were seen, too: what some are presumed to want beyond it makes the others no smaller. Between VMs of one application the
 * largest of that application counts, not that of another one which happens to run beside it. What is held back only has to be more
 * than a trickle: nobody knows how large it is.
 */
export function prune<Entry extends Prunable>(matrix: readonly Entry[], threshold: number): Entry[] {
  const heavy = heaviest(matrix, threshold);
  const parts = components(heavy);
  if (parts.length < 2) return heavy;
  const partAt = componentAt(parts);
  const within = parts.map((): Entry[] => []);
  for (const entry of matrix) {
    const { network, source, destination } = entry;
    const part = partAt(network, source);
    if (part !== undefined && part === partAt(network, destination)) within[part]?.push(entry);
  }
  const kept = new Set([...heavy, ...within.flatMap((entries) => heaviest(entries, threshold))]);
  return matrix.filter((entry) => kept.has(entry));
}

function heaviest<Entry extends Prunable>(matrix: readonly Entry[], threshold: number): Entry[] {
  const seen = ({ rateMbps, seenMbps = rateMbps }: Entry) => seenMbps;
  const largest = matrix.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  const largestSeen = matrix.reduce((most, entry) => Math.max(most, seen(entry)), 0);
  const isLarge = (entry: Entry) => {
    const least = entry.origin === 'at-least' ? heldBackPart * threshold : threshold;
    return entry.rateMbps >= least * largest || seen(entry) >= threshold * largestSeen;
  };
  return matrix.filter((entry) => entry.rateMbps > 0 && isLarge(entry));
}
