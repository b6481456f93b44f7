import type { Observed } from '../../schema/generated/types.js';
import type { Snapshot } from '../model/snapshot.js';
import { type Unsafe, unsafe } from '../plan/unsafe.js';
import type { LinkEndsOf } from '../vreserve/link-ends.js';

/**
 * A host that was taken out of the inventory while guests run on it: to go on would start them a second time elsewhere. A host
 * that does not answer may be taken out: that is how an operator says that it is gone for good.
 */
export function refuseDeparted(snapshot: Snapshot, observed: Observed): Unsafe | null {
  const inventory = new Set(snapshot.hosts.map(({ name }) => name));
  for (const { host, connected, report } of observed.hosts) {
    const guests = report.guests.filter(({ phase }) => phase === 'running' || phase === 'departing');
    if (inventory.has(host) || !connected || guests.length === 0) continue;
    const names = guests.map(({ guest }) => guest.name).join(', ');
    return unsafe(
      'departed-host',
      `Host ${host} was taken out of the inventory, but ${names} runs there. Put it back with maxGuests: 0, and take it out when it is empty; or end its agent if the machine is gone.`,
      guests.length,
    );
  }
  return null;
}

/** A host that cannot reach the Proxy of a network. */
export function refuseUnreachable({ hosts, networks }: Snapshot, ends: LinkEndsOf): Unsafe | null {
  const connected = hosts.filter(({ presence }) => presence === 'connected');
  for (const { proxy } of networks) {
    if (!connected.some(({ name }) => name === proxy)) continue;
    for (const { name } of connected) {
      const found = name === proxy ? null : ends(name, proxy);
      if (found?.kind === 'no-common-network') return unsafe('link', found.message);
    }
  }
  return null;
}
