import type { PairRate } from '../model/pair.js';

/** What links of each host carry away from it in Mb/s: as the host itself says, and as those at the other ends say. */
export interface LinkTestimony {
  sent: ReadonlyMap<string, number>;
  received: ReadonlyMap<string, number>;
}

/** Of two figures that differ by more than this factor, one is false: windows do not end at the same time, and frames get lost. */
const tolerance = 2;

/**
 * The matrix, with the entries of hosts whose own counters and whose peers' contradict it. Three say what leaves a host: its matrix, its
 * links, and the other ends of these. The one in the middle is believed, so that no host alone, by error or by lie, makes its guests
 * seem to send more or less than they do. A host that forwards others' frames as well is taken at its word.
 * @param pathOf hosts that a pair's frames visit; null when they do not arrive
 */
export function credible<Rate extends PairRate>(
  rates: readonly Rate[],
  pathOf: (pair: Rate) => readonly string[] | null,
  { sent, received }: LinkTestimony,
): readonly Rate[] {
  const claimed = new Map<string, number>();
  const forwarding = new Set<string>();
  const sources = rates.map((rate) => {
    const path = pathOf(rate);
    const [source] = path ?? [];
    if (path === null || source === undefined) return null;
    for (const host of path.slice(1, -1)) forwarding.add(host);
    if (path.length > 1) claimed.set(source, (claimed.get(source) ?? 0) + rate.rateMbps);
    return source;
  });
  const factors = new Map<string, number>();
  for (const [host, claim] of claimed) {
    const [own, others] = [sent.get(host), received.get(host)];
    if (own === undefined || others === undefined || forwarding.has(host) || claim === 0) continue;
    const factor = median(claim, own, others) / claim;
    if (factor > 0 && (factor > tolerance || factor < 1 / tolerance)) factors.set(host, factor);
  }
  if (factors.size === 0) return rates;
  return rates.map((rate, index) => ({ ...rate, rateMbps: rate.rateMbps * (factors.get(sources[index] ?? '') ?? 1) }));
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
