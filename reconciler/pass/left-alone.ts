import type { Snapshot } from '../model/snapshot.js';
import { leftToOthers } from './left-to-others.js';

/**
 * The picture to plan with: a host that is left alone counts as one that cannot be told anything. It keeps what it has, nothing is placed
 * there or moved away, and no path is led over it.
 */
export function leftAlone(snapshot: Snapshot): Snapshot {
  const inOtherHands = leftToOthers(snapshot.foreign);
  const isAlone = (host: string) => inOtherHands.has(`host/${host}`);
  if (!snapshot.hosts.some(({ name }) => isAlone(name))) return snapshot;
  const hosts = snapshot.hosts.map((host) =>
    isAlone(host.name) && host.presence === 'connected' ? { ...host, presence: 'silent' as const } : host,
  );
  return { ...snapshot, hosts };
}
