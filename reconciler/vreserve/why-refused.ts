import type { Carriage, Snapshot, SnapshotHost } from '../model/snapshot.js';
import type { UnderlayEdge } from '../model/underlay.js';
import { groundOf, refusal } from './link-details.js';

/** Why two hosts cannot have a link of a kind, and what to do; null when they can. */
export function whyRefused(
  { hosts, current }: Pick<Snapshot, 'hosts' | 'current'>,
  { localAddress, remoteAddress }: UnderlayEdge,
  a: SnapshotHost,
  b: SnapshotHost,
  carriage: Carriage,
): string | null {
  const ends = [
    { host: a, address: localAddress },
    { host: b, address: remoteAddress },
  ] as const;
  return refusal(...ends, carriage, groundOf(hosts, current));
}
