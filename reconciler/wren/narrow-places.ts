import type { MeasuredEdge } from './measured-edges.js';

/** Something of the underlay that several edges may pass: an interface, a trunk, a shared queue; or one that only one edge passes. */
export interface Place {
  name: string;
  kind: 'trunk' | 'interface' | 'shared' | 'between';
  members: MeasuredEdge[];
}

/** A place with what it gives this product's links together, beside the traffic of others. */
export interface PlaceCapacity {
  name: string;
  capacityMbps: number;
  deviationMbps: number;
  /** What it may give at most, for all that is known; left out where that is `capacityMbps`. */
  mostMbps?: number;
}

export type SeenCapacity = Required<Omit<PlaceCapacity, 'name'>>;

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
export function seenCapacity(place: SeenPlace): SeenCapacity | null {
  const totals = totalsAt(place);
  const most = Math.max(...totals.map(({ mbps }) => mbps));
  const agreeing = totals.filter(({ mbps, halfMbps }) => mbps + halfMbps >= most * (1 - tolerance));
  const weight = agreeing.reduce((sum, { halfMbps }) => sum + halfMbps ** -2, 0);
  if (totals.length === 0) return null;
  const mean = (of: (total: Total) => number) =>
    agreeing.reduce((sum, total) => sum + of(total) * total.halfMbps ** -2, 0) / weight;
  const capacityMbps = mean(({ mbps }) => mbps);
  const surest = Math.min(...agreeing.map(({ halfMbps }) => halfMbps)) / halfDeviations;
  const deviationMbps = Math.max(surest, tolerance * capacityMbps);
  return { capacityMbps, deviationMbps, mostMbps: mean((total) => total.mostMbps) };
}

/**
 * The fewest places, found greedily, that explain what was measured: an edge is explained by a place where it sees no less than
 * any other edge does, for then the place may be what limits it. What no two edges have in common is on the trunk between their
 * sites; at one end, if other edges have seen more at the other end; or between the two hosts alone.
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
    if (!open.has(edge)) continue;
    const { out, trunk, between, into } = edge.places;
    const ends = [out, into].filter((name) => byName.get(name)?.explained.has(edge));
    const places = [trunk, ends.length === 1 ? ends[0] : null, between].map((name) => byName.get(name ?? ''));
    const place = places.find((each) => each?.explained.has(edge));
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
  const seen = seenCapacity(place) ?? { capacityMbps: 0, deviationMbps: 0, mostMbps: 0 };
  const limit = seen.capacityMbps * (1 - tolerance);
  const explained = totalsAt(place).filter(({ mbps, halfMbps }) => mbps + halfMbps >= limit);
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

/** A place of a name, or any whose name does not matter because it is no end of an edge. */
type SeenPlace = Pick<Place, 'members'> & { name?: string };

interface Total {
  edge: MeasuredEdge;
  mbps: number;
  halfMbps: number;
  /** If other links carried the most that they may have when the edge was in use; no more than its narrowest link has. */
  mostMbps: number;
}

function totalsAt({ members, name }: SeenPlace): Total[] {
  const carriedMbps = members.reduce((sum, edge) => sum + edge.carriedMbps, 0);
  return members.flatMap((edge) => {
    const { availableMbps, lowMbps, highMbps, capacityMbps, places, besideTimes } = edge;
    if (availableMbps === null) return [];
    const atEnd = name === places.out ? edge.besideOutMbps : name === places.into ? edge.besideIntoMbps : null;
    const besideMbps = atEnd ?? carriedMbps - edge.carriedMbps;
    const halfMbps = Math.max(0.01 * availableMbps, (highMbps - lowMbps) / 2, 1e-6);
    const mbps = availableMbps + besideMbps;
    const atPeakMbps = Math.min(availableMbps + besideTimes * besideMbps, capacityMbps ?? Number.POSITIVE_INFINITY);
    return [{ edge, mbps, halfMbps, mostMbps: Math.max(mbps, atPeakMbps) }];
  });
}
