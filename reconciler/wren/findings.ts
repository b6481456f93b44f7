import type { PathKnowledge, SharedBottleneck } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import type { Underlay } from '../model/underlay.js';
import { type Contradicted, contradictedPaths } from './contradicted.js';
import { type Measured, measuredEdges } from './measured-edges.js';
import { overstatedCapacities } from './overstated.js';
import { actedUponConfidence, commonPlace, membersOf } from './shared-places.js';
import { understatedCapacities } from './understated.js';

/** Paths that a message names. */
const mostNames = 12;

/** Something that was measured and that the inventory says otherwise, or says too. */
export interface Finding {
  /** `understated`, `overstated`: a bandwidth; `undeclared`, `confirmed`: that paths share something. */
  kind: 'understated' | 'overstated' | 'undeclared' | 'confirmed';
  /** For people: what, where, what to do. */
  message: string;
}

/** Where the inventory and what was measured contradict or confirm one another. */
export function findings(measured: Measured, hosts: readonly SnapshotHost[], underlay: Underlay): Finding[] {
  const understated = understatedCapacities(measured, hosts, underlay);
  const overstated = overstatedCapacities(measured.paths, hosts, underlay);
  return [
    ...understated.map(({ message }): Finding => ({ kind: 'understated', message })),
    ...overstated.map(({ message }): Finding => ({ kind: 'overstated', message })),
    ...narrower(measured.paths, hosts, underlay, new Set(overstated.map(({ resource }) => resource))),
    ...sharedFindings(measured, hosts, underlay),
  ];
}

/** Paths that have less than the inventory states, where others have it: one finding for each resource. */
function narrower(
  paths: readonly PathKnowledge[],
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
  overstated: ReadonlySet<string>,
): Finding[] {
  const byResource = new Map<string, Contradicted[]>();
  for (const each of contradictedPaths(paths, hosts, underlay)) {
    const { resource, capacityMbps, statedMbps } = each;
    if (capacityMbps > statedMbps || overstated.has(resource)) continue;
    byResource.set(resource, [...(byResource.get(resource) ?? []), each]);
  }
  return [...byResource].map(([resource, members]) => {
    const least = Math.min(...members.map(({ capacityMbps }) => capacityMbps));
    const message =
      `the inventory overstates ${namesOf(members)}: ${members[0]?.statedMbps} Mb/s stated by ${resource}, which other paths have, but a ` +
      `link on the way has ${least.toFixed(1)} Mb/s; look for what is narrow there, and state it as a site of its own with a trunk`;
    return { kind: 'overstated', message };
  });
}

function sharedFindings(
  { paths, bottlenecks }: Measured,
  hosts: readonly SnapshotHost[],
  underlay: Underlay,
): Finding[] {
  const edges = measuredEdges(paths, hosts, underlay);
  return bottlenecks.flatMap((bottleneck): Finding[] => {
    const members = membersOf(bottleneck, edges, hosts);
    if (bottleneck.confidence < actedUponConfidence || members.length < bottleneck.paths.length) return [];
    const place = commonPlace(members);
    if (place === null) return [undeclared(bottleneck)];
    const isTrunk = members.every(({ places }) => places.trunk === place);
    return isTrunk ? [confirmed(place, bottleneck)] : [];
  });
}

function undeclared({ paths, capacityMbps, confidence }: SharedBottleneck): Finding {
  const share = capacityMbps === undefined ? 'something' : `about ${capacityMbps.toFixed(1)} Mb/s`;
  const message =
    `the inventory does not say that ${namesOf(paths)} share ${share}: their packets queue together ` +
    `(confidence ${confidence.toFixed(2)}); it is planned for, but look where they meet, and state it as a site of its own with ` +
    'a trunk if it is there to stay';
  return { kind: 'undeclared', message };
}

function confirmed(place: string, { paths, confidence }: SharedBottleneck): Finding {
  const message = `${namesOf(paths)} queue together, as the inventory says of ${place} (confidence ${confidence.toFixed(2)})`;
  return { kind: 'confirmed', message };
}

function namesOf(paths: readonly { from: string; to: string }[]): string {
  const names = paths.slice(0, mostNames).map(({ from, to }) => `${from} -> ${to}`);
  return `${names.join(', ')}${paths.length > mostNames ? ` and ${paths.length - mostNames} more` : ''}`;
}
