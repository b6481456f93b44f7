import type { Rates } from './rates.js';

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
 * @param pathAt hosts that the frames of the pair at a place visit; null when they do not arrive
 */
export function credible(
  rates: Rates,
  pathAt: (place: number) => readonly string[] | null,
  { sent, received }: LinkTestimony,
): Rates {
  const { claimed, forwarding } = claims(rates, pathAt);
  const factors = new Map<string, number>();
  for (const [host, claim] of claimed) {
    const [own, others] = [sent.get(host), received.get(host)];
    if (own === undefined || others === undefined || forwarding.has(host) || claim === 0) continue;
    const factor = median(claim, own, others) / claim;
    if (factor > 0 && (factor > tolerance || factor < 1 / tolerance)) factors.set(host, factor);
  }
  if (factors.size === 0) return rates;
  const rateMbps = rates.rateMbps.map((each, place) => each * (factors.get(pathAt(place)?.[0] ?? '') ?? 1));
  return { ...rates, rateMbps };
}

/** What each host's matrix says leaves it, in Mb/s, and which hosts pass frames on. */
function claims(
  { rateMbps }: Rates,
  pathAt: (place: number) => readonly string[] | null,
): { claimed: Map<string, number>; forwarding: Set<string> } {
  const claimed = new Map<string, number>();
  const forwarding = new Set<string>();
  // Pairs of one source stand together as a rule.
  let [source, sum] = ['', 0];
  for (let place = 0; place < rateMbps.length; place++) {
    const path = pathAt(place);
    const [first] = path ?? [];
    if (path === null || first === undefined) continue;
    for (let hop = 1; hop < path.length - 1; hop++) forwarding.add(path[hop] ?? '');
    if (path.length < 2) continue;
    if (first !== source) {
      if (source !== '') claimed.set(source, sum);
      [source, sum] = [first, claimed.get(first) ?? 0];
    }
    sum += rateMbps[place] ?? 0;
  }
  if (source !== '') claimed.set(source, sum);
  return { claimed, forwarding };
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
