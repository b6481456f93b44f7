import type { Decision, SharedBottleneck } from '../../schema/generated/types.js';
import type { Snapshot } from '../model/snapshot.js';
import { placesOf, type Underlay, type UnderlayEdge } from '../model/underlay.js';
import { type MeasuredEdge, measuredEdges } from './measured-edges.js';
import { narrowPlaces, type Place, placesOn, seenCapacity } from './narrow-places.js';
import { narrowTrunks } from './narrow-trunks.js';
import { PlaceFigures } from './place-figures.js';
import { membersOf, undeclaredPlaces } from './shared-places.js';

/** What paths can carry, and where the figures come from. */
export interface PathCapacities {
  underlay: Underlay;
  origin: Decision['capacities'];
}

export type Measurements = Pick<Snapshot, 'hosts' | 'demands' | 'paths' | 'bottlenecks'>;

/**
 * The underlay with what was measured of it in the place of the inventory's figures. Each tight estimate is attributed to the
 * place that explains it, so that edges which share the place share what is left of it. A path of which only bounds are known
 * keeps the inventory's figure within the bounds. Where the inventory states nothing, a path that was not measured is presumed to
 * be as good as the best one that was, and good enough for all demands: it is tried when others are too narrow, but not for
 * headroom alone. A trunk is presumed to have the rate that all known paths over it have.
 */
export function pathCapacities(measurements: Measurements, underlay: Underlay): PathCapacities {
  const { hosts, paths, bottlenecks } = measurements;
  const edges = measuredEdges(paths, hosts, underlay);
  if (edges.length === 0) return { underlay, origin: 'nominal' };
  const shared = undeclaredPlaces(bottlenecks, edges, hosts);
  const figures = new PlaceFigures(underlay, presumedMbps(measurements, edges));
  for (const place of [...placesOn(edges), ...shared]) {
    const seen = seenCapacity(place);
    if (seen !== null) figures.atLeast({ name: place.name, ...seen });
    if (seen !== null && place.kind === 'shared') figures.limits({ name: place.name, ...seen });
  }
  for (const { availableMbps, lowMbps, places } of edges) {
    if (availableMbps === null)
      for (const name of Object.values(places))
        if (name !== null) figures.atLeast({ name, capacityMbps: lowMbps, deviationMbps: 0 });
  }
  for (const place of narrowPlaces(edges, shared)) figures.limits(place);
  for (const trunk of narrowTrunks(edges)) figures.presume(trunk);
  const led = withFigures(underlay.edges, edges, shared, figures, hosts);
  const resources = figures.list();
  const isStatedUsed = led.some((edge) => edge.resources.some((index) => figures.isStated(index)));
  return { underlay: { ...underlay, resources, edges: led }, origin: isStatedUsed ? 'mixed' : 'measured' };
}

function withFigures(
  edges: readonly UnderlayEdge[],
  measured: readonly MeasuredEdge[],
  shared: readonly Place[],
  figures: PlaceFigures,
  hosts: Measurements['hosts'],
): UnderlayEdge[] {
  const byEdge = new Map(measured.map((each) => [each.edge, each]));
  const sharedBy = new Map<UnderlayEdge, string[]>();
  for (const { name, members } of shared) {
    for (const { edge } of members) sharedBy.set(edge, [...(sharedBy.get(edge) ?? []), name]);
  }
  return edges.map((edge) => {
    const known = byEdge.get(edge);
    const resources = figures.resourcesOf(edge, placesOf(edge, hosts), known, sharedBy.get(edge) ?? []);
    return { ...edge, resources, latencyMs: known?.latencyMs ?? edge.latencyMs };
  });
}

/** What the paths of each group share, where something is known of it. */
export function sharedCapacities({ hosts, paths, bottlenecks }: Measurements, underlay: Underlay): SharedBottleneck[] {
  const edges = measuredEdges(paths, hosts, underlay);
  return bottlenecks.map((bottleneck) => {
    const members = membersOf(bottleneck, edges, hosts);
    const { capacityMbps = 0 } = seenCapacity({ members }) ?? {};
    return capacityMbps <= 0 ? bottleneck : { ...bottleneck, capacityMbps: Math.round(capacityMbps * 1000) / 1000 };
  });
}

function presumedMbps({ demands }: Measurements, edges: readonly MeasuredEdge[]): number {
  const wantedMbps = demands.reduce((sum, { rateMbps }) => sum + rateMbps, 0);
  return Math.max(rounded(wantedMbps), ...edges.map(({ availableMbps, lowMbps }) => availableMbps ?? lowMbps));
}

/** Up to the next of 1, 2, 5, 10, ...: what is presumed must not change with every demand. */
function rounded(mbps: number): number {
  const decade = 10 ** Math.floor(Math.log10(Math.max(mbps, 1)));
  return [1, 2, 5, 10].map((step) => step * decade).find((step) => step >= mbps) ?? mbps;
}
