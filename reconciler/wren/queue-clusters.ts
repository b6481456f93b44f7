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
  const linkages = new Linkages(items, odds);
  const clusters = items.map((item) => [item]);
  for (let best = linkages.best(); best; best = linkages.best()) {
    const { a, b } = best;
    clusters[a] = [...(clusters[a] ?? []), ...(clusters[b] ?? [])].sort((x, y) => x - y);
    clusters[b] = [];
    linkages.join(a, b);
  }
  return clusters.filter((members) => members.length > 0);
}

/** Between each two clusters: sum and number of the log-odds that are known, and whether any contradicts. By places of clusters. */
class Linkages {
  readonly #size: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #gone: Uint8Array;

  constructor(items: readonly number[], odds: Odds) {
    this.#size = items.length;
    this.#sums = new Float64Array(this.#size ** 2);
    this.#counts = new Float64Array(this.#size ** 2);
    this.#gone = new Uint8Array(this.#size);
    items.forEach((x, a) => {
      items.forEach((y, b) => {
        const known = a === b ? undefined : odds.get(key(x, y));
        if (known === undefined) return;
        // A sum that no other can outweigh stands for a contradiction.
        this.#sums[a * this.#size + b] = known <= contradiction ? Number.NEGATIVE_INFINITY : known;
        this.#counts[a * this.#size + b] = 1;
      });
    });
  }

  /** The two clusters that are likeliest one, if they are likelier one than two; the first of equals. */
  best(): { a: number; b: number } | null {
    let best: { a: number; b: number } | null = null;
    let most = 0;
    for (let a = 0; a < this.#size; a++) {
      if (this.#gone[a]) continue;
      for (let b = a + 1; b < this.#size; b++) {
        const place = a * this.#size + b;
        const mean = (this.#sums[place] as number) / Math.max(1, this.#counts[place] as number);
        if (this.#gone[b] || mean <= most) continue;
        most = mean;
        best = { a, b };
      }
    }
    return best;
  }

  /** Adds cluster `b` to `a`. */
  join(a: number, b: number): void {
    this.#gone[b] = 1;
    for (let c = 0; c < this.#size; c++) {
      for (const table of [this.#sums, this.#counts]) {
        const both = (table[a * this.#size + c] as number) + (table[b * this.#size + c] as number);
        table[a * this.#size + c] = both;
        table[c * this.#size + a] = both;
      }
    }
  }
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
