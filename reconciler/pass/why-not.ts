import type { SnapshotHost, SnapshotVm } from '../model/snapshot.js';

/** Why a VM may not run on a host, whatever else is there, for people; null if it may. */
export function whyNot({ spec: { driver }, pin, sites }: SnapshotVm, host: SnapshotHost): string | null {
  if (host.presence === 'silent') return 'its agent is not connected';
  if (host.presence === 'unknown') return 'its agent has never connected';
  if (host.capabilities?.drivers.includes(driver) === false) return `it cannot run VMs made of ${driver}`;
  if (pin !== null && pin !== host.name) return `the VM is pinned to ${pin}`;
  if (sites !== null && !sites.includes(host.site)) return `the VM may run at ${sites.join(', ')} only`;
  return null;
}
