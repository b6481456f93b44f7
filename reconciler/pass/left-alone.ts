import type { Snapshot, SnapshotHost } from '../model/snapshot.js';
import { leftToOthers } from './left-to-others.js';
import { suspendedIn } from './suspended.js';

/**
 * The picture to plan with: a host that is left alone, to others or as somebody asked, counts as one that cannot be told anything. It
 * keeps what it has, nothing is placed there or moved away, and no path is led over it. VMs that run nowhere and are suspended are not
 * there.
 */
export function leftAlone(snapshot: Snapshot): Snapshot {
  const inOtherHands = leftToOthers(snapshot.foreign);
  const suspended = suspendedIn(snapshot);
  const isAlone = (host: string) => inOtherHands.has(`host/${host}`) || suspended.hosts.has(host);
  if (suspended.vms.size === 0 && !snapshot.hosts.some(({ name }) => isAlone(name))) return snapshot;
  const hosts = snapshot.hosts.map((host): SnapshotHost => {
    if (!isAlone(host.name) || host.presence !== 'connected') return host;
    return { ...host, presence: 'silent', ...(suspended.hosts.has(host.name) ? { isSuspended: true } : {}) };
  });
  const vms = snapshot.vms.filter(({ name, host }) => host !== null || !suspended.vms.has(name));
  const isThere = new Set(vms.map(({ name }) => name));
  const groups = snapshot.groups.map((group) => ({ ...group, vms: group.vms.filter((vm) => isThere.has(vm)) }));
  return { ...snapshot, hosts, vms, groups: groups.filter((group) => group.vms.length > 1) };
}
