import type { SharedBottleneck } from '../../schema/generated/types.js';
import type { SnapshotHost } from '../model/snapshot.js';
import type { Underlay } from '../model/underlay.js';
import { type Measured, measuredEdges } from './measured-edges.js';
import { overstatedCapacities } from './overstated.js';
import { actedUponConfidence, commonPlace, membersOf } from './shared-places.js';
import { understatedCapacities } from './understated.js';

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
    ...sharedFindings(measured, hosts, underlay),
  ];
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

function namesOf(paths: SharedBottleneck['paths']): string {
  return paths.map(({ from, to }) => `${from} -> ${to}`).join(', ');
}
