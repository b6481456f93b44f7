/** What is known of two items, by their places: the probability that they belong together. */
export interface PairProbability {
  a: number;
  b: number;
  probability: number;
}

export interface Cluster {
  /** Places, ascending; at least two. */
  members: number[];
  /** How sure it is of its least sure member. */
  confidence: number;
}

/** No pair is surer than this, in log-odds: about 0.99. */
const surest = 4.6;
/** Log-odds from which on two items may not be in one cluster, whatever others say. */
const contradiction = -1.5;

/**
 * Clusters of items that belong together, by average linkage on log-odds: the two clusters with the best mean over the pairs that
 * are known are joined first, as long as they are likelier one than two. So what two items say of each other may be outweighed by
 * what others say of both, and two that never met come together over a third; but not against a plain contradiction, for two paths
 * can each share another queue with a third.
 */
export function queueClusters(count: number, pairs: readonly PairProbability[]): Cluster[] {
  const odds = new Map(pairs.map(({ a, b, probability }) => [key(a, b), logOdds(probability)]));
  let clusters = componentsOf(count, pairs).flatMap((items) => joined(items, odds));
  clusters = clusters.filter((members) => members.length > 1);
  return clusters.map((members) => ({ members, confidence: confidenceOf(members, odds) }));
}

type Odds = ReadonlyMap<string, number>;

const key = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

function logOdds(probability: number): number {
  const odds = Math.log(probability / Math.max(1e-9, 1 - probability));
  return Math.max(-surest, Math.min(surest, odds));
}

/** Items that are connected by pairs that are likelier together than not; ascending. */
function componentsOf(count: number, pairs: readonly PairProbability[]): number[][] {
  const parent = Array.from({ length: count }, (_, item) => item);
  const root = (item: number): number => {
    const up = parent[item] ?? item;
    return up === item ? item : root(up);
  };
  for (const { a, b, probability } of pairs) {
    const [x, y] = [root(a), root(b)];
    if (probability > 0.5 && x !== y) parent[Math.max(x, y)] = Math.min(x, y);
  }
  const components = new Map<number, number[]>();
  for (let item = 0; item < count; item++) components.set(root(item), [...(components.get(root(item)) ?? []), item]);
  return [...components.values()];
}

function joined(items: readonly number[], odds: Odds): number[][] {
  let clusters = items.map((item) => [item]);
  for (;;) {
    let best: { a: number[]; b: number[]; mean: number } | null = null;
    for (const [index, a] of clusters.entries()) {
      for (const b of clusters.slice(index + 1)) {
        const mean = linkage(a, b, odds);
        if (mean !== null && mean > 0 && (!best || mean > best.mean)) best = { a, b, mean };
      }
    }
    if (!best) return clusters;
    const { a, b } = best;
    const both = [...a, ...b].sort((x, y) => x - y);
    clusters = clusters.map((each) => (each === a ? both : each)).filter((each) => each !== b);
  }
}

/** Mean log-odds between two clusters; null when nothing is known, or a pair contradicts. */
function linkage(a: readonly number[], b: readonly number[], odds: Odds): number | null {
  const known = a.flatMap((x) => b.flatMap((y) => odds.get(key(x, y)) ?? []));
  if (known.length === 0 || known.some((each) => each <= contradiction)) return null;
  return mean(known);
}

function confidenceOf(members: readonly number[], odds: Odds): number {
  const least = members.map((member) => {
    const known = members.flatMap((other) => (other === member ? [] : (odds.get(key(member, other)) ?? [])));
    return mean(known);
  });
  return 1 / (1 + Math.exp(-Math.min(...least)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
