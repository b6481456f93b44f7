import type { MeasuredEdge } from './measured-edges.js';

/** Something of the underlay that several edges may pass: an interface, a trunk, a shared queue; or one that only one edge passes. */
export interface Place {
  name: string;
  kind: 'trunk' | 'interface' | 'shared' | 'between';
  members: MeasuredEdge[];
}

/** A place with what it gives this product's links together, beside the traffic of others. */
export interface PlaceCapacity extends SeenCapacity {
  name: string;
}

export interface SeenCapacity {
  capacityMbps: number;
  deviationMbps: number;
}

/** What two edges see of one place may differ by this share. */
const tolerance = 0.1;
/** A 95 % interval reaches so many standard deviations to either side. */
export const halfDeviations = 1.96;
/** Of places that explain as many edges, the first: what the inventory says is shared, before what is inferred. */
const preference: Place['kind'][] = ['trunk', 'interface', 'shared', 'between'];

/**
 * What each place gives at least: every estimate is a lower bound for all that its edge passes. An edge takes what this product's
 * other links carry over the place for cross traffic, so that comes on top of what it finds available. Estimates that the largest
 * one leaves within tolerance are averaged by their precision. The result is as uncertain as the surest of them, because paths see much
 * of the same traffic, so that their errors are not independent; and not surer than paths agree. Null where no estimate is tight.
 */
export function seenCapacity({ members }: Pick<Place, 'members'>): SeenCapacity | null {
  const totals = totalsAt(members);
  const most = Math.max(...totals.map(({ mbps }) => mbps));
  const agreeing = totals.filter(({ mbps, halfMbps }) => mbps + halfMbps >= most * (1 - tolerance));
  const weight = agreeing.reduce((sum, { halfMbps }) => sum + halfMbps ** -2, 0);
  if (totals.length === 0) return null;
  const capacityMbps = agreeing.reduce((sum, { mbps, halfMbps }) => sum + mbps * halfMbps ** -2, 0) / weight;
  const surest = Math.min(...agreeing.map(({ halfMbps }) => halfMbps)) / halfDeviations;
  return { capacityMbps, deviationMbps: Math.max(surest, tolerance * capacityMbps) };
}

/**
 * The fewest places, found greedily, that explain what was measured: an edge is explained by a place where it sees no less than
 * any other edge does, for then the place may be what limits it. What no two edges have in common is on the trunk between their
 * sites, or between the two hosts alone.
 */
export function narrowPlaces(edges: readonly MeasuredEdge[], shared: readonly Place[]): PlaceCapacity[] {
  const candidates = [...placesOn(edges), ...shared].map(candidate);
  const open = new Set(edges.filter(({ availableMbps }) => availableMbps !== null));
  const chosen: Candidate[] = [];
  const choose = (each: Candidate) => {
    for (const edge of each.explained) open.delete(edge);
    chosen.push(each);
  };
  for (;;) {
    const best = candidates.reduce<Candidate | null>((a, b) => (a && !isBetter(b, a, open) ? a : b), null);
    if (!best || openOf(best, open) < 2) break;
    choose(best);
  }
  const byName = new Map(candidates.map((each) => [each.place.name, each]));
  for (const edge of [...open]) {
    const { trunk, between } = edge.places;
    const places = [byName.get(trunk ?? ''), byName.get(between)];
    const place = open.has(edge) ? places.find((each) => each?.explained.has(edge)) : undefined;
    if (place) choose(place);
  }
  return chosen.map(({ place: { name }, seen }) => ({ name, ...seen }));
}

interface Candidate {
  place: Place;
  seen: SeenCapacity;
  explained: Set<MeasuredEdge>;
}

function candidate(place: Place): Candidate {
  const seen = seenCapacity(place) ?? { capacityMbps: 0, deviationMbps: 0 };
  const limit = seen.capacityMbps * (1 - tolerance);
  const explained = totalsAt(place.members).filter(({ mbps, halfMbps }) => mbps + halfMbps >= limit);
  return { place, seen, explained: new Set(explained.map(({ edge }) => edge)) };
}

function isBetter(a: Candidate, b: Candidate, open: ReadonlySet<MeasuredEdge>): boolean {
  const more = openOf(a, open) - openOf(b, open);
  return more > 0 || (more === 0 && preference.indexOf(a.place.kind) < preference.indexOf(b.place.kind));
}

function openOf({ explained }: Candidate, open: ReadonlySet<MeasuredEdge>): number {
  let count = 0;
  for (const edge of explained) if (open.has(edge)) count++;
  return count;
}

/** By name. */
export function placesOn(edges: readonly MeasuredEdge[]): Place[] {
  const places = new Map<string, Place>();
  const add = (name: string, kind: Place['kind'], edge: MeasuredEdge) => {
    const place = places.get(name) ?? { name, kind, members: [] };
    place.members.push(edge);
    places.set(name, place);
  };
  for (const edge of edges) {
    const { out, trunk, between, into } = edge.places;
    add(out, 'interface', edge);
    if (trunk !== null) add(trunk, 'trunk', edge);
    add(between, 'between', edge);
    add(into, 'interface', edge);
  }
  return [...places.keys()].sort().flatMap((name) => places.get(name) ?? []);
}

function totalsAt(members: readonly MeasuredEdge[]): { edge: MeasuredEdge; mbps: number; halfMbps: number }[] {
  const carriedMbps = members.reduce((sum, edge) => sum + edge.carriedMbps, 0);
  return members.flatMap((edge) => {
    const { availableMbps, lowMbps, highMbps } = edge;
    if (availableMbps === null) return [];
    const halfMbps = Math.max(0.01 * availableMbps, (highMbps - lowMbps) / 2, 1e-6);
    return [{ edge, mbps: availableMbps + carriedMbps - edge.carriedMbps, halfMbps }];
  });
}
