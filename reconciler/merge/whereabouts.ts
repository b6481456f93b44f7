import type { GuestReport, Observed } from '../../schema/generated/types.js';
import type { Snapshot } from '../model/snapshot.js';

/** Where each VM is, by name. */
export interface Whereabouts {
  hostOf: Map<string, string>;
  conflicts: Snapshot['conflicts'];
}

interface Sighting {
  host: string;
  phase: GuestReport['phase'];
  connected: boolean;
}

/**
 * Where VMs are, from what hosts report and, for hosts that do not, from where VMs were last seen. Hosts that left the inventory
 * do not count: taking one out is how an operator says that it is gone for good.
 */
export function whereabouts(
  observed: Pick<Observed, 'hosts' | 'lastPlacement'>,
  inventory: ReadonlySet<string>,
): Whereabouts {
  const sightings = sightingsOf(observed, inventory);
  const found: Whereabouts = { hostOf: new Map(), conflicts: [] };
  for (const [vm, seen] of sightings) {
    const [best] = seen.sort((a, b) => credence(b) - credence(a) || (a.host < b.host ? -1 : 1));
    if (best === undefined) continue;
    found.hostOf.set(vm, best.host);
    const hosts = seen.filter(({ phase }) => phase === 'running').map(({ host }) => host);
    if (hosts.length > 1) found.conflicts.push({ vm, hosts: hosts.sort(), kept: best.host });
  }
  const connected = new Set(observed.hosts.filter((status) => status.connected).map(({ host }) => host));
  for (const { vm, host } of observed.lastPlacement) {
    // A connected host that does not report the VM does not have it; of any other, nobody knows.
    if (!found.hostOf.has(vm) && inventory.has(host) && !connected.has(host)) found.hostOf.set(vm, host);
  }
  return found;
}

function sightingsOf(observed: Pick<Observed, 'hosts'>, inventory: ReadonlySet<string>): [string, Sighting[]][] {
  const byVm = new Map<string, Sighting[]>();
  for (const { host, connected, report } of observed.hosts) {
    if (!inventory.has(host)) continue;
    for (const { guest, phase } of report.guests) {
      if (phase === 'failed') continue;
      byVm.set(guest.name, [...(byVm.get(guest.name) ?? []), { host, phase, connected }]);
    }
  }
  return [...byVm].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Which of several reports to believe. While a VM migrates, the host it leaves has it until the other one does; when only the
 * awaiting host speaks of it, it has left and the arrival is not yet reported.
 */
function credence({ phase, connected }: Sighting): number {
  const order = { awaited: 0, failed: 0, stopping: 1, departing: 2, starting: 3, running: 4 };
  return phase === 'awaited' ? order.awaited : order[phase] + (connected ? 10 : 0);
}
