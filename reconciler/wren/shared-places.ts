import type { SharedBottleneck } from '../../schema/generated/types.js';
import type { MeasuredEdge } from './measured-edges.js';
import type { Place } from './narrow-places.js';
import { pathKey } from './path-readings.js';

/** From this confidence on, paths that queue together are taken to share what they queue for. */
export const actedUponConfidence = 0.8;

/** Queues that edges share without having anything in common that the inventory names. */
export function undeclaredPlaces(
  bottlenecks: readonly SharedBottleneck[],
  edges: readonly MeasuredEdge[],
  hosts: readonly { name: string }[],
): Place[] {
  return bottlenecks.flatMap((bottleneck): Place[] => {
    const { paths, confidence } = bottleneck;
    const members = membersOf(bottleneck, edges, hosts);
    if (confidence < actedUponConfidence || members.length < 2 || commonPlace(members) !== null) return [];
    return [{ name: sharedName(paths), kind: 'shared', members }];
  });
}

/** The edges of a group's paths, as far as something is known of them. */
export function membersOf(
  { paths }: Pick<SharedBottleneck, 'paths'>,
  edges: readonly MeasuredEdge[],
  hosts: readonly { name: string }[],
): MeasuredEdge[] {
  const keys = new Set(paths.map(pathKey));
  const name = (host: number) => hosts[host]?.name ?? '';
  return edges.filter(({ edge }) => keys.has(pathKey({ from: name(edge.from), to: name(edge.to) })));
}

/** A place by its name in the inventory that all edges pass; null when there is none. */
export function commonPlace(members: readonly MeasuredEdge[]): string | null {
  const [first, ...others] = members.map(({ places }) => [places.trunk, places.out, places.into]);
  return first?.find((name) => name !== null && others.every((each) => each.includes(name))) ?? null;
}

const named = 3;

function sharedName(paths: SharedBottleneck['paths']): string {
  const names = paths.map(({ from, to }) => `${from} -> ${to}`);
  const more = names.length > named ? ` and ${names.length - named} more` : '';
  return `what ${names.slice(0, named).join(', ')}${more} share`;
}
